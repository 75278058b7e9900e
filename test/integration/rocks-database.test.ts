// At power RocksDB's log is synced from outside. What the system was asked for says whether each write of it was, and each new log.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFolder } from "../helpers/folder.ts";
import { withoutStrace } from "../helpers/strace.ts";

const PROGRAM = fileURLToPath(new URL("../helpers/synced-rocks.ts", import.meta.url));

test("each write of RocksDB's log is synced before the next, and its folder for a new log", {
  skip: withoutStrace,
}, () => {
  using folder = createFolder();
  const [store, trace] = [folder.inFolder("store"), folder.inFolder("trace")];
  const watch = ["-f", "-y", "-qq", "-e", "trace=write,fdatasync,fsync", "-o", trace];
  execFileSync("strace", [...watch, process.execPath, PROGRAM, store]);

  const logs = new Set<string>();
  let unsynced: string | null = null;
  let writes = 0;
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    const [, call, file] = /^\d+ +(\w+)\(\d+<([^>]+)>/.exec(line) ?? [];
    if (call === "write" && file?.endsWith(".log")) {
      assert.equal(unsynced, null, line);
      unsynced = file;
      writes++;
    }
    if (call === "fsync" && file === store && unsynced !== null) logs.add(unsynced);
    if (call === "fdatasync" && file === unsynced && unsynced !== null) {
      assert.ok(logs.has(unsynced), line);
      unsynced = null;
    }
  }
  assert.equal(writes, 200);
  assert.ok(logs.size > 2, `${logs.size} logs`);
});
