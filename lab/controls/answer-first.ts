// Control: a map that answers before it writes. What came within a tenth of a second is written together, as buffered logs
// do it. Not for use: whoever is killed takes what was answered with him.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { repairTail } from "../../services/storage/jsonl-repair.ts";
import { readUsers } from "../../services/storage/jsonl-users.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const WRITE_EVERY_MS = 100;

const openAnswerFirst: OpenStore = async ({ dataDir, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);
  const users = await readUsers(file);
  const recordsAtStart = users.size;
  let waiting = "";
  const write = () => {
    if (waiting !== "") appendFileSync(file, waiting);
    waiting = "";
  };
  const timer = setInterval(write, WRITE_EVERY_MS);
  return {
    findById: (id) => users.get(id) ?? null,
    insert(user) {
      waiting += `${JSON.stringify(user)}\n`;
      users.set(user.id, user);
      return "inserted";
    },
    check: () => {},
    describe: () => ({ recordsAtStart, dataBytes: fileBytes(file), settings: {} }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      write();
    },
  };
};

export const approach: Approach = {
  summary: "a map that answers before it writes",
  load: async () => openAnswerFirst,
  needs: ["users.jsonl"],
  stores: true,
  writes: true,
  durability: "nothing",
};
