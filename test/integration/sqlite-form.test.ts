// A users.db whose table is not the approach's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { approaches } from "../../services/approaches/index.ts";
import { writeDatabase } from "../helpers/data-files.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers } from "../helpers/users.ts";

const FORMS = { sqlite: "with", "sqlite-indexed": "with", "sqlite-tuned": "without" } as const;

for (const [name, expected] of Object.entries(FORMS))
  test(`${name} refuses a table that is not ${expected} rowids, and says what to run`, async () => {
    const row = approaches[name as keyof typeof FORMS];
    using data = await prepareData(row, undefined);
    writeDatabase(data.folder.path, someUsers(3), expected === "with");
    const found = expected === "with" ? "without" : "with";
    await assert.rejects(data.open(), {
      message: `${data.folder.inFolder("users.db")}: its table has another form (${found} rowids, expected ${expected}); run prepare-data`,
    });
    await assert.rejects(data.open(), /run prepare-data$/, "it has been left as it was");
  });
