// What the table of approaches says of itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseApproaches } from "../../scripts/options.ts";
import { mainApproaches } from "../../services/approaches/index.ts";
import { rows } from "../helpers/stores.ts";

const lessons = ["baseline", "linear", "map", "binary", "sqlite", "postgres"];

test("a variant is one of an approach that is none", () => {
  for (const [name, { variantOf = "map" }] of rows)
    assert.ok((mainApproaches as string[]).includes(variantOf), name);
});

test("where nobody names any, there are the lessons' approaches and those of files", async () => {
  assert.deepEqual(mainApproaches, lessons);
  assert.deepEqual(Object.keys(await chooseApproaches({ approachesPath: [] })), lessons);
  const file = new URL("../../docs/examples/sorted-array.ts", import.meta.url).pathname;
  const chosen = await chooseApproaches({ approachesPath: [file] });
  assert.deepEqual(Object.keys(chosen), [...lessons, "sorted-array"]);
});

test("every row can be named", async () => {
  const names = rows.map(([name]) => name);
  assert.deepEqual(
    Object.keys(await chooseApproaches({ approaches: names.join(), approachesPath: [] })),
    names,
  );
});
