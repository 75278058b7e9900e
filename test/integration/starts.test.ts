// What it takes to open a form of an approach, in a process of its own.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { callInProcess } from "../../lab/lesson/bare-process.ts";
import { measureStart } from "../../lab/variants/starts.ts";
import { writeUsers } from "../helpers/data-files.ts";
import { createFolder } from "../helpers/folder.ts";
import { someUsers } from "../helpers/users.ts";

test("opening a map takes the memory of its users, opening a scan does not", async () => {
  using folder = createFolder();
  const file = writeUsers(folder.path, someUsers(50_000));
  const signal = new AbortController().signal;
  const module = new URL("../../lab/variants/starts.ts", import.meta.url).href;
  const open = (approach: "map" | "linear") =>
    callInProcess(module, measureStart, { approach, folder: folder.path }, { cpus: [], signal });
  const [map, linear] = [await open("map"), await open("linear")];
  assert.ok(map.memoryBytes > statSync(file).size, `${map.memoryBytes}`);
  assert.ok(map.memoryBytes > linear.memoryBytes + statSync(file).size, `${linear.memoryBytes}`);
  assert.ok(map.openedMs > 0);
  for (const { dataBytes } of [map, linear]) assert.equal(dataBytes, statSync(file).size);
});
