// Control: the lesson's map, which skips blank lines and repairs nothing. Not for use: a line that a kill has torn is not
// blank, so the parser throws and the service does not start again.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/index.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import type { User } from "../../services/storage/user.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

const openUnrepaired: OpenStore = async ({ dataDir }) => {
  const file = join(dataDir, "users.jsonl");
  const users = new Map<string, User>();
  if (existsSync(file))
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line.trim() === "") continue;
      const user: User = JSON.parse(line);
      users.set(user.id, user);
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
  summary: "a map that repairs nothing",
  load: async () => openUnrepaired,
  needs: ["users.jsonl"],
  stores: true,
  writes: true,
  durability: "process",
};
