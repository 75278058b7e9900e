// Control: a map that skips every line that it cannot read, and repairs nothing. Not for use: it starts, but the next
// line is glued to the torn one, and what was acknowledged is gone with the next start.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/index.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import type { User } from "../../services/storage/user.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const openSkipping: OpenStore = async ({ dataDir }) => {
  const file = join(dataDir, "users.jsonl");
  const users = new Map<string, User>();
  if (existsSync(file))
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line.trim() === "") continue;
      try {
        const user: User = JSON.parse(line);
        users.set(user.id, user);
      } catch {
        // Skipped, as if nobody had written it.
      }
    }
  const recordsAtStart = users.size;
  return {
    findById: (id) => users.get(id) ?? null,
    insert(user) {
      appendFileSync(file, `${JSON.stringify(user)}\n`);
      users.set(user.id, user);
      return "inserted";
    },
    check: () => {},
    describe: () => ({ recordsAtStart, dataBytes: fileBytes(file), settings: {} }),
    async [Symbol.asyncDispose]() {},
  };
};

export const approach: Approach = {
  summary: "a map that skips bad lines",
  load: async () => openSkipping,
  needs: ["users.jsonl"],
  stores: true,
  writes: true,
  durability: "process",
};
