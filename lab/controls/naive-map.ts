// What the naive maps have in common: a file read at once, one appended line for each user, and nothing that is repaired.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import type { User } from "../../services/storage/user.ts";
import type { OpenStore } from "../../services/storage/user-store.ts";

/** Makes the row of a naive map.
 * @param parse returns the user of a line, or null for a line that is passed over */
export function makeNaiveMap(summary: string, parse: (line: string) => User | null): Approach {
  return {
    summary,
    load: async () => (options) => openNaiveMap(options, parse),
    needs: ["users.jsonl"],
    stores: true,
    writes: true,
    durability: "process",
  };
}

async function openNaiveMap(
  { dataDir }: Parameters<OpenStore>[0],
  parse: (line: string) => User | null,
): ReturnType<OpenStore> {
  const file = join(dataDir, "users.jsonl");
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const read = lines.flatMap((line) => (line.trim() === "" ? [] : (parse(line) ?? [])));
  const users = new Map(read.map((user) => [user.id, user]));
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
}
