// Every approach answers as its description says, whatever is asked: Schemathesis asks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fuzz } from "../../lab/attack/fuzz.ts";
import { makeAssault } from "../../lab/attack/run.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";
import { writeChanged } from "../helpers/own-approach.ts";
import { rows } from "../helpers/stores.ts";

let folder: Folder;
before(() => {
  folder = createFolder();
});
after(() => folder[Symbol.dispose]());

const lack =
  process.platform === "linux"
    ? await fuzz.findLack({} as never, { isFull: false, folder: "" })
    : "Linux only";
const skip = lack === null ? false : `not run: ${lack}`;
const stage = () => ({
  ...{ folder: folder.path, seed: 7, isFull: false, onProgress: () => {} },
  signal: new AbortController().signal,
});

for (const [approach, row] of rows)
  test(approach, { skip }, async () => {
    const { outcome, wrong, figures } = await makeAssault({ attack: fuzz, approach, row }, stage());
    assert.equal(outcome, "passed", wrong.join("\n"));
    assert.ok((figures.requests ?? 0) > 100);
  });

test("a service that fails for some names is found out", { skip }, async () => {
  const file = writeChanged(
    folder,
    "fails.ts",
    "insert: (user) => { if (!/^[a-z ]*$/i.test(user.name)) throw new Error('no'); return store.insert(user); }",
  );
  const [approach, row] = Object.entries(await loadOwnApproaches([file]))[0] as (typeof rows)[number];
  const { outcome, wrong } = await makeAssault({ attack: fuzz, approach, row }, stage());
  assert.equal(outcome, "failed");
  assert.match(wrong.join("\n"), /Server error/);
});
