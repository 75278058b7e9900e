// As root, PostgreSQL's data of a folder that others may not enter is among the temporary files: for as long as that folder is there.
import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { after, before, describe, test } from "node:test";
import { choosePlace } from "../../lab/targets/postgres-place.ts";
import { startPostgres } from "../../lab/targets/postgres-server.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";
import { runSql } from "../helpers/postgres.ts";

const skip = process.getuid?.() === 0 ? false : "not run: only root keeps PostgreSQL's data elsewhere";

describe("a home of PostgreSQL's data", { skip }, () => {
  const usual = process.env.TMPDIR;
  let temporary: Folder;
  let closed: Folder;
  before(() => {
    temporary = createFolder();
    closed = createFolder();
    chmodSync(closed.path, 0o700);
    process.env.TMPDIR = temporary.path;
  });
  after(() => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    temporary[Symbol.dispose]();
    closed[Symbol.dispose]();
  });

  async function placeHome(name: string): Promise<string> {
    const { folder } = await choosePlace(closed.inFolder(name));
    assert.ok(folder.startsWith(temporary.path), folder);
    return folder;
  }
  const remove = (name: string) => rmSync(closed.inFolder(name), { recursive: true });

  test("is the same for as long as its folder is there, and removed by the next that is placed afterwards", async () => {
    const home = await placeHome("first");
    mkdirSync(`${home}/cluster`);
    assert.equal(await placeHome("first"), home);
    await placeHome("second");
    assert.deepEqual(readdirSync(home).sort(), ["cluster", "data-folder.json"]);
    remove("first");
    await placeHome("second");
    assert.ok(!existsSync(home));
  });

  test("has nothing of a folder that was removed and made again", async () => {
    const home = await placeHome("again");
    mkdirSync(`${home}/cluster`);
    remove("again");
    assert.equal(await placeHome("again"), home);
    assert.deepEqual(readdirSync(home), ["data-folder.json"]);
  });

  test("stays while its server runs, whatever became of its folder", async () => {
    const server = await startPostgres({ folder: closed.inFolder("served") });
    const home = await placeHome("served");
    try {
      remove("served");
      await placeHome("other");
      await runSql(server.urlOf("postgres"), (sql) => sql`CREATE TABLE kept AS SELECT 7 AS n`);
    } finally {
      await server.stop();
    }
    assert.ok(existsSync(home));
    await placeHome("other");
    assert.ok(!existsSync(home));
  });

  test("stays when it names no folder, or somebody else has written the name", async () => {
    const [unnamed, foreign] = [await placeHome("unnamed"), await placeHome("foreign")];
    rmSync(`${unnamed}/data-folder.json`);
    chownSync(`${foreign}/data-folder.json`, 1, 1);
    remove("unnamed");
    remove("foreign");
    await placeHome("other");
    assert.ok(existsSync(unnamed) && existsSync(foreign));
  });

  test("stays when nothing is mounted where its folder was", async () => {
    const home = await placeHome("mounted");
    // Another device's number, as the file system would have that is not there now.
    const file = `${home}/data-folder.json`;
    const owner = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...owner, device: owner.device + 1 }));
    remove("mounted");
    await placeHome("other");
    assert.ok(existsSync(home));
  });
});
