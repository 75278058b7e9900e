// Control: a map that syncs each line for itself, with nobody else's. What group commit saves is measured against it.
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { repairTail } from "../../services/storage/jsonl-repair.ts";
import { readUsers } from "../../services/storage/jsonl-users.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const openOneSyncEach: OpenStore = async ({ dataDir, log }) => {
  const file = join(dataDir, "users.jsonl");
  await repairTail(file, log);
  const users = await readUsers(file);
  const recordsAtStart = users.size;
  const fd = openSync(file, "a");
  return {
    findById: (id) => users.get(id) ?? null,
    insert(user) {
      writeSync(fd, `${JSON.stringify(user)}\n`);
      fdatasyncSync(fd);
      users.set(user.id, user);
      return "inserted";
    },
    check: () => {},
    describe: () => ({ recordsAtStart, dataBytes: fileBytes(file), settings: {} }),
    async [Symbol.asyncDispose]() {
      closeSync(fd);
    },
  };
};

export const approach: Approach = {
  summary: "a map that syncs each line for itself",
  load: async () => openOneSyncEach,
  needs: ["users.jsonl"],
  stores: true,
  writes: true,
  durability: "power",
};
