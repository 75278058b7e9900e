// The embedded PostgreSQL, and what is left when whoever started it is killed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../../lab/targets/postgres-server.ts";
import { createFolder } from "../helpers/folder.ts";
import { runSql } from "../helpers/postgres.ts";

const MODULE = fileURLToPath(new URL("../../lab/targets/postgres-server.ts", import.meta.url));

test("keeps its data from one start to the next, and tells its version", async () => {
  using folder = createFolder();
  {
    await using server = await startPostgres({ folder: folder.path });
    assert.match(server.version, /^\d+\.\d+/);
    await runSql(server.urlOf("postgres"), (sql) => sql`CREATE TABLE kept AS SELECT 7 AS n`);
  }
  await using server = await startPostgres({ folder: folder.path });
  assert.deepEqual(
    [...(await runSql(server.urlOf("postgres"), (sql) => sql`SELECT n FROM kept`))],
    [{ n: 7 }],
  );
});

test("a server whose starter was killed is ended before the next one starts", async () => {
  using folder = createFolder();
  const script = `
    import { startPostgres } from ${JSON.stringify(MODULE)};
    const server = await startPostgres({ folder: ${JSON.stringify(folder.path)} });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script]);
  const [pid] = await once(starter.stdout, "data");
  starter.kill("SIGKILL");
  await once(starter, "exit");
  await using server = await startPostgres({ folder: folder.path });
  assert.notEqual(server.pid, Number(pid));
  await runSql(server.urlOf("postgres"), (sql) => sql`SELECT 1`);
});

test("a process that has got the number of a server that is gone is left alone", async () => {
  using folder = createFolder();
  const first = await startPostgres({ folder: folder.path });
  const file = findFile(folder.path, "postmaster.pid");
  const lines = readFileSync(file, "utf8").split("\n");
  await first.stop();
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  writeFileSync(file, [stranger.pid, ...lines.slice(1)].join("\n"));
  // Where the stranger is the same user's, PostgreSQL refuses to start; it is alive in either case.
  const started = await startPostgres({ folder: folder.path }).catch((error: Error) => error);
  if (started instanceof Error) assert.match(started.message, /did not start; its log is/);
  else await started.stop();
  assert.equal(stranger.exitCode ?? stranger.signalCode, null);
  stranger.kill("SIGKILL");
});

function findFile(folder: string, name: string): string {
  const path = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((entry) =>
    entry.endsWith(name),
  );
  assert.ok(path !== undefined && existsSync(`${folder}/${path}`));
  return `${folder}/${path}`;
}
