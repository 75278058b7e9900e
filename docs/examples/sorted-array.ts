// All users in memory, in the order of their ids. A read is log2(n) comparisons, a write moves all users behind it.
import type { Approach } from "../../services/approaches/approach.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { createAppender } from "../../services/storage/jsonl-append.ts";
import { repairTail } from "../../services/storage/jsonl-repair.ts";
import { readUsers } from "../../services/storage/jsonl-users.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const openSortedArray: OpenStore = async ({ dataDir, log }) => {
  const file = `${dataDir}/users.jsonl`;
  await repairTail(file, log);
  const users = [...(await readUsers(file)).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const recordsAtStart = users.length;
  const search = (id: string) => {
    let [low, high] = [0, users.length];
    for (let middle = high >>> 1; low < high; middle = (low + high) >>> 1)
      if (users[middle]!.id < id) low = middle + 1;
      else high = middle;
    return { place: low, user: users[low]?.id === id ? users[low]! : null };
  };
  return {
    findById: (id) => search(id).user,
    insert: createAppender(file, log, (user) => {
      const { place, user: other } = search(user.id);
      if (!other) users.splice(place, 0, user);
    }),
    check: () => {},
    describe: () => ({ recordsAtStart, dataBytes: fileBytes(file), settings: {} }),
    async [Symbol.asyncDispose]() {},
  };
};

export const approach: Approach = {
  summary: "a sorted array in memory, with binary search",
  load: async () => openSortedArray,
  needs: ["users.jsonl"],
  stores: true,
  writes: true,
  durability: "process",
};
