// A service: settings from the environment, one store, one server, a clean end on a signal.
import { statSync } from "node:fs";
import type { Approach } from "./approaches/approach.ts";
import { ConfigError, readApproaches, readConfig, toSqliteSettings } from "./config.ts";
import { buildServer } from "./http/server.ts";
import type { UserStore } from "./storage/user-store.ts";

/** Linear scans under load can outlast any patience; after this the connections are cut. */
const DRAIN_LIMIT_MS = 8_000;
const CLOSE_IDLE_MS = 20;
const NO_SUCH_ADDRESS = ["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN", "EINVAL"];

const log = (line: string) => process.stderr.write(`${line}\n`);

async function start(): Promise<void> {
  // Until the service listens nothing is in flight, so a signal during a long load may just end it. The handlers stay
  // for good: a signal that is on its way while they are exchanged would be lost.
  let stop = (): void => process.exit(0);
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop());

  const approaches = await readApproaches(process.env);
  const config = readConfig(process.env, approaches);
  const { APPROACH: approach, HOST: host, PORT: port } = config;
  const { load, durability, needs } = approaches[approach] as Approach;
  const needsFolder = needs.some((need) => need !== "database");
  if (needsFolder && !statSync(config.DATA_DIR, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(
      `DATA_DIR=${JSON.stringify(config.DATA_DIR)} is wrong; expected a folder that exists`,
    );
  }
  const open = await load();
  const store = await open({
    dataDir: config.DATA_DIR,
    databaseUrl: config.DATABASE_URL || undefined,
    sqlite: toSqliteSettings(config),
    durability: config.DURABILITY,
    log: (line) => log(`${approach}: ${line}`),
  });
  const app = buildServer(store, {
    approach,
    durability,
    log: (line) => log(`${approach}: ${line}`),
    maxNameCharacters: config.MAX_NAME_CHARACTERS,
  });
  const address = await app.listen({ host, port }).catch((error) => {
    if (!NO_SUCH_ADDRESS.includes(error.code)) throw error;
    throw new ConfigError(`HOST="${host}" is wrong; expected an address of this machine (${error.code})`);
  });
  log(`${approach}: listening on ${address}`);

  stop = () => void close(app, store);
}

async function close(app: ReturnType<typeof buildServer>, store: UserStore): Promise<void> {
  const cut = setTimeout(() => {
    log(`requests in flight after ${DRAIN_LIMIT_MS} ms; cutting their connections`);
    app.server.closeAllConnections();
  }, DRAIN_LIMIT_MS);
  // A connection whose last answer is out would stay open for another request, which nobody will take.
  const closeIdle = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_MS);
  await app.close();
  clearTimeout(cut);
  clearInterval(closeIdle);
  await store[Symbol.asyncDispose]();
  process.exit(0);
}

try {
  await start();
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof ConfigError ? 2 : 1);
}
