import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { lockData } from "../../lab/data/lock.ts";
import { createFolder } from "../helpers/folder.ts";

const LOCK = fileURLToPath(new URL("../../lab/data/lock.ts", import.meta.url));

/** Starts a process that holds the lock until it is ended. */
async function startHolder(root: string) {
  const program = `import { lockData } from ${JSON.stringify(LOCK)};
    globalThis.lock = lockData(${JSON.stringify(root)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

describe("the lock of a data folder", () => {
  test("lets one process in at a time, and names it to the others", async () => {
    using folder = createFolder();
    const holder = await startHolder(folder.path);
    try {
      assert.throws(
        () => lockData(folder.path),
        new RegExp(`in use by process ${holder.pid} of .*measure each other`),
      );
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    lockData(folder.path)[Symbol.dispose]();
  });

  test("is free again when it is given back", () => {
    using folder = createFolder();
    {
      using _lock = lockData(folder.path);
      assert.throws(() => lockData(folder.path), /in use/);
    }
    using _again = lockData(folder.path);
  });
});
