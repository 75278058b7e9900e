// A subject that lives several times on the same data: its service, and its database server where it has one.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SEED } from "../../k6/lib/users.ts";
import { type NativeService, startService } from "../targets/native-service.ts";
import { type PostgresServer, startPostgres } from "../targets/postgres-server.ts";
import { readStoredUsers, type StoredUsers } from "../writers/stored-users.ts";
import type { Subject } from "./experiment.ts";
import { killTree } from "./kill-tree.ts";

/** A life: from a start to an end. */
export interface Life extends AsyncDisposable {
  readonly service: NativeService;
  /** From the start to the first healthy answer, the database's own recovery included. */
  readonly startupMs: number;
  /** Kills service and database in the middle of whatever they do, and waits until they are gone. */
  readonly kill: () => Promise<void>;
  /** Reads what is stored, from the file or the table itself. The last that is asked: the service may end for it. */
  readonly readStored: () => Promise<StoredUsers>;
}

export interface LifeOptions {
  readonly signal: AbortSignal;
  /** The command that runs the service, where it is not Node alone. */
  readonly runner?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts a subject on a folder, which keeps all that it stores. */
export async function startLife(
  { name, row, level }: Subject,
  folder: string,
  { signal, runner, settings = {} }: LifeOptions,
): Promise<Life> {
  const dataDir = join(folder, "data");
  mkdirSync(dataDir, { recursive: true });
  const startedMs = performance.now();
  const needsServer = row.needs.includes("database");
  const server = needsServer ? await startPostgres({ folder: join(folder, "postgres") }) : null;
  const databaseUrl = server?.urlOf("postgres");
  const service = await startService({
    approach: name,
    approachFile: row.file?.path,
    dataDir,
    databaseUrl,
    settings: { ...settings, DURABILITY: level },
    signal,
    ...(runner && { runner }),
  }).catch(async (error) => {
    await server?.stop();
    throw error;
  });
  return {
    service,
    startupMs: performance.now() - startedMs,
    kill: async () => void (await Promise.all([service.kill(), killServer(server)])),
    async readStored() {
      // Only the approach can read such files, and it may refuse to while its service has them.
      if (row.needs.includes("store")) await service[Symbol.asyncDispose]();
      return readStoredUsers({ ...row, dataDir, databaseUrl }, { dataSeed: DEFAULT_SEED, size: 0 });
    },
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await server?.stop();
    },
  };
}

/** A server of which only the first process is killed would still finish what its others are at. */
async function killServer(server: PostgresServer | null): Promise<void> {
  if (server === null) return;
  await killTree(server.pid);
  await server.stop();
}
