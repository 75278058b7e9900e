// Comments and documents that send a reader to a file of this repository.
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../", import.meta.url).pathname;
const CITATION = /(?<![\w./@-])(?:docs|grafana|k6|lab|scripts|services|test)\/[\w./-]+\.(?:md|ts)\b/g;

test("every file that code or a document names is there", () => {
  const files = globSync("{docs,k6,lab,scripts,services}/**/*.{ts,md}", { cwd: ROOT });
  const missing = [...files, "README.md"].flatMap((file) => {
    const cited = readFileSync(`${ROOT}${file}`, "utf8").match(CITATION) ?? [];
    return cited.filter((path) => !existsSync(ROOT + path)).map((path) => `${file} names ${path}`);
  });
  assert.ok(files.length > 100);
  assert.deepEqual(missing, []);
});
