// Ids that a line of users.jsonl has in another form than JSON.stringify would give them.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parseUser, type User } from "../../services/storage/user.ts";
import { prepareData, rows } from "../helpers/stores.ts";
import { escaped, userWithId } from "../helpers/users.ts";

const plain = (user: User) => JSON.stringify(user);
const WAYS: readonly ((user: User) => string)[] = [
  plain,
  (user) => escaped(plain(user)),
  (user) => plain(user).replaceAll("/", "\\/"),
  (user) => plain(user).replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`),
  // The last of several counts, and the first is no id of anybody.
  (user) => `{"id":"a",${escaped(plain(user)).slice(1)}`,
  // The id as the search looks for it, but in a name.
  ({ id, ...rest }) => `{"id":${escaped(JSON.stringify(id))},${plain({ id, ...rest, name: id }).slice(1)}`,
];
const id = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "9", "b", "/", '"', "\\", "é", "漢", "\u001f", "🦊"),
    minLength: 1,
  }),
  fc.uuid(),
);
const line = fc.tuple(id, fc.constantFrom(...WAYS)).map(([id, write]) => write(userWithId(id)));
const readers = rows.filter(([, { needs }]) => needs.includes("users.jsonl") && !needs.includes("users.idx"));

for (const [name, row] of readers)
  test(`${name} finds an id however it is written, and the first of two that are one`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        using data = await prepareData(row, []);
        writeFileSync(data.folder.inFolder("users.jsonl"), lines.map((text) => `${text}\n`).join(""));
        await using store = await data.open();
        const stored = lines.map(parseUser);
        for (const { id } of stored) {
          const first = stored.find((user) => user.id === id);
          assert.deepEqual({ ...(await store.findById(id)) }, { ...first });
        }
      }),
      { numRuns: 40 },
    );
  });
