// Filling the stores whose files only their approach can write.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fillStore } from "../../lab/data/fill-store.ts";
import { writeUsers } from "../helpers/data-files.ts";
import { createFolder } from "../helpers/folder.ts";
import { rows } from "../helpers/stores.ts";
import { someUsers } from "../helpers/users.ts";

for (const [name, row] of rows.filter(([, { needs }]) => needs.includes("store")))
  describe(`${name}, filled from a file`, () => {
    test("that has an id twice is refused with the file and where", async () => {
      for (const at of [3, 1_200]) {
        using folder = createFolder();
        const users = someUsers(1_500);
        const dataFile = writeUsers(folder.path, users.with(at, users[1] as (typeof users)[number]));
        await assert.rejects(
          fillStore({ row, dataDir: folder.path, dataFile, size: users.length, onProgress: () => {} }),
          {
            message: `${dataFile}, lines ${at < 1_000 ? "1 to 1000" : "1001 to 1500"}: expected ids that no line before has`,
          },
        );
      }
    });
  });
