// Reads while another process builds the index again and again.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { renameSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { approaches } from "../../services/approaches/index.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import type { User } from "../../services/storage/user.ts";
import { writeIndexedUsers } from "../helpers/data-files.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

const REBUILDS = 25;
const users = someUsers(300);

/** Appends a record that belongs before all others, sorts the data, builds the index, and prints a line; REBUILDS
 * times. Each time the offset of every other record changes. */
const REBUILDER = `
  import { appendFileSync } from "node:fs";
  const [file, module] = process.argv.slice(1);
  const { buildIndex } = await import(module);
  for (let n = ${REBUILDS}; n > 0; n--) {
    const user = { id: "!" + String(n).padStart(4, "0"), name: "é".repeat(n * 7), email: "", created_at: "" };
    appendFileSync(file, JSON.stringify(user) + "\\n");
    await buildIndex({ dataFile: file });
    console.log(user.id);
  }`;

/** How long each may read the old files when there are new ones; what holds them looks ten times a second, and may be kept waiting. */
const readers = { binary: 0, "binary-held": 5_000, "binary-cached": 5_000 } as const;

for (const [name, staleMs] of Object.entries(readers) as [keyof typeof readers, number][])
  test(`${name} answers right while data and index are replaced`, async () => {
    using data = await prepareData(approaches[name], users);
    await using store = await data.open();
    const module = new URL("../../lab/data/build-index.ts", import.meta.url).href;
    const args = ["--input-type=module", "-e", REBUILDER, data.folder.inFolder("users.jsonl"), module];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const added: string[] = [];
    createInterface({ input: child.stdout }).on("line", (id) => added.push(id));
    const ended = once(child, "exit");

    let reads = 0;
    while (child.exitCode === null && child.signalCode === null) {
      const user = users[reads++ % users.length] as User;
      assert.deepEqual(await store.findById(user.id), user);
      assert.equal(await store.findById(`${user.id.slice(0, -1)}~`), null);
      // What was indexed once is found ever after.
      const id = staleMs === 0 ? added.at(-1) : undefined;
      if (id !== undefined) assert.equal((await store.findById(id))?.id, id);
      await nextTurn();
    }
    assert.deepEqual(await ended, [0, null]);
    assert.equal(added.length, REBUILDS);
    assert.ok(reads > REBUILDS);
    const untilMs = performance.now() + staleMs;
    const last = added.at(-1) as string;
    while ((await store.findById(last)) === null && performance.now() < untilMs) await sleep(20);
    assert.equal((await store.findById(last))?.id, last);
    assert.equal(await store.findById(userWithId("!9999").id), null);
  });

for (const name of Object.keys(readers) as (keyof typeof readers)[])
  test(`a read of ${name} between the two renames waits for the second, or reads what was there before the first`, async () => {
    using data = await prepareData(approaches[name], users);
    await using store = await data.open();
    const all = [userWithId("!"), ...users];
    writeIndexedUsers(data.folder.path, all, { data: "new.jsonl", index: "new.idx" });
    renameSync(data.folder.inFolder("new.jsonl"), data.folder.inFolder("users.jsonl"));
    const reads = Promise.all(users.map(({ id }) => store.findById(id)));
    // A disk may take a while to sync the folder.
    await sleep(300);
    renameSync(data.folder.inFolder("new.idx"), data.folder.inFolder("users.idx"));
    assert.deepEqual(await reads, users);
  });

for (const name of Object.keys(readers) as (keyof typeof readers)[])
  test(`a read of ${name} in data that never fits the index again fails, and says where`, async () => {
    using data = await prepareData(approaches[name], users);
    await using store = await data.open();
    writeIndexedUsers(data.folder.path, [userWithId("!"), ...users], { data: "users.jsonl", index: "other" });
    const isDamage = (error: unknown) =>
      error instanceof DamagedData && /^users\.jsonl, byte 0: expected id/.test(error.message);
    const first = users.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0];
    await assert.rejects(async () => store.findById(first?.id as string), isDamage);
  });
