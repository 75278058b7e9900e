// services/main.ts as an operator meets it: settings, data, exit codes, what it says.
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { writeDatabase, writeIndexedUsers } from "../helpers/data-files.ts";
import { createFolder } from "../helpers/folder.ts";
import { startServiceProcess } from "../helpers/service-process.ts";
import { rows } from "../helpers/stores.ts";
import { someUsers, toLines } from "../helpers/users.ts";

const users = someUsers(3);
const fileApproaches = rows.filter(([, { needs }]) => needs.length > 0 && !needs.includes("database"));

/** Asserts that a service ends by itself and says why in one line. */
async function assertFails(env: Record<string, string>, code: number, line: RegExp): Promise<void> {
  await using service = startServiceProcess(env);
  assert.deepEqual(await service.ended(), [code, null], service.stderr());
  assert.match(service.stderr(), /^[^\n]+\n$/);
  assert.match(service.stderr(), line);
}

describe("a service ends with code 2 and one line for", () => {
  const wrong: [string, Record<string, string>, RegExp][] = [
    ["no approach", {}, /^APPROACH is not set; expected one of baseline, linear, /],
    ["an unknown approach", { APPROACH: "tree" }, /^APPROACH="tree" is wrong; expected one of /],
    ["an approach that every object has", { APPROACH: "constructor" }, /^APPROACH="constructor" is wrong/],
    ["a wrong port", { APPROACH: "map", PORT: "65536" }, /^PORT="65536" is wrong; .* from 0 to 65535/],
    ["a port that is a word", { APPROACH: "map", PORT: "http\n" }, /^PORT="http\\n" is wrong/],
    ["an empty host", { APPROACH: "map", HOST: "" }, /^HOST="" is wrong/],
    ["an empty folder", { APPROACH: "map", DATA_DIR: "" }, /^DATA_DIR="" is wrong/],
    ["a wrong timeout", { APPROACH: "sqlite", SQLITE_BUSY_TIMEOUT_MS: "-1" }, /^SQLITE_BUSY_TIMEOUT_MS="-1"/],
    ["a database that is needed", { APPROACH: "postgres" }, /^DATABASE_URL is not set/],
    ["a wrong database", { APPROACH: "postgres", DATABASE_URL: "mysql://u:secret@h/d" }, /^DATABASE_URL=/],
  ];
  for (const [form, env, line] of wrong) test(form, () => assertFails(env, 2, line));

  test("a URL that is wrong, without its password", async () => {
    await using service = startServiceProcess({ APPROACH: "postgres", DATABASE_URL: "mysql://u:secret@h/d" });
    await service.ended();
    assert.doesNotMatch(service.stderr(), /secret/);
  });
});

describe("a service ends with code 1 and one line for", () => {
  test("an address that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await assertFails({ APPROACH: "baseline", PORT: String(port) }, 1, new RegExp(`127\\.0\\.0\\.1:${port}`));
    other.close();
  });

  for (const [approach] of fileApproaches) {
    test(`a folder that is missing (${approach})`, async () => {
      using folder = createFolder();
      const DATA_DIR = folder.inFolder("none");
      await assertFails(
        { APPROACH: approach, DATA_DIR },
        2,
        new RegExp(`^DATA_DIR="${DATA_DIR}" is wrong; expected a folder`),
      );
    });

    test(`a folder that is a file (${approach})`, async () => {
      using folder = createFolder();
      const DATA_DIR = folder.inFolder("file");
      writeFileSync(DATA_DIR, "");
      await assertFails(
        { APPROACH: approach, DATA_DIR },
        2,
        new RegExp(`^DATA_DIR="${DATA_DIR}" is wrong; expected a folder`),
      );
    });
  }

  test("damaged data", async () => {
    using folder = createFolder();
    writeFileSync(folder.inFolder("users.jsonl"), `${toLines(users)}nonsense\n`);
    await assertFails({ APPROACH: "map", DATA_DIR: folder.path }, 1, /users\.jsonl, line 4, byte \d+: /);
  });

  test("a database that is none", async () => {
    using folder = createFolder();
    writeFileSync(folder.inFolder("users.db"), "x".repeat(8192));
    await assertFails({ APPROACH: "sqlite", DATA_DIR: folder.path }, 1, /users\.db: file is not a database/);
  });
});

describe("a service takes its data from", () => {
  test("the current folder, when none is named", async () => {
    for (const [approach, row] of fileApproaches.filter(([, { needs }]) => !needs.includes("store"))) {
      using folder = createFolder();
      writeIndexedUsers(folder.path, users);
      writeDatabase(folder.path, users, row.clustered);
      await using service = startServiceProcess({ APPROACH: approach }, { cwd: folder.path });
      const address = await service.listening();
      assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
      const answer = await fetch(`${address}/users/${users[1]?.id}`);
      assert.deepEqual(await answer.json(), users[1], approach);
    }
  });

  test("a folder without a file, which the first POST creates", async () => {
    for (const [approach] of fileApproaches.filter(([, { writes }]) => writes)) {
      using folder = createFolder();
      await using service = startServiceProcess({ APPROACH: approach, DATA_DIR: folder.path });
      const address = await service.listening();
      assert.equal((await fetch(`${address}/users/nobody`)).status, 404);
      const body = JSON.stringify({ name: "Ada", email: "ada@example.com" });
      const headers = { "content-type": "application/json" };
      const created = await fetch(`${address}/users`, { method: "POST", body, headers });
      assert.equal(created.status, 201);
      const user = (await created.json()) as { id: string };
      assert.ok(["users.jsonl", "users.db", "store"].map(folder.inFolder).some(existsSync));
      assert.deepEqual(await (await fetch(`${address}/users/${user.id}`)).json(), user);
    }
  });
});
