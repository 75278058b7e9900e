// A service that is attacked: its process, its data, its database, and what is looked at from outside meanwhile.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startRandom } from "../../k6/lib/random.ts";
import { type PreparedRequest, prepareRequest } from "../../k6/lib/requests.ts";
import { DEFAULT_SEED, FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import type { Stage } from "../crash/experiment.ts";
import { databaseOf, dataFolderOf, takesOrders } from "../data/data-places.ts";
import { prepareData } from "../data/prepare.ts";
import { type NativeService, startService } from "../targets/native-service.ts";
import { makeOpenFolder } from "../targets/postgres-place.ts";
import { type PostgresServer, startPostgres } from "../targets/postgres-server.ts";
import { readStoredUsers } from "../writers/stored-users.ts";
import { startProxy, type TcpProxy } from "./proxy.ts";

const SIZE = 1_000;
const SAMPLE_MS = 200;

export interface Target extends AsyncDisposable {
  readonly name: string;
  readonly row: Approach;
  readonly service: NativeService;
  /** Null where the row needs none. Its service reaches it by a port that stays the same. */
  readonly database: Database | null;
  /** Makes requests: reads of stored users, and where the row writes one new user in so many. */
  readonly makeRequests: (count: number, oneNewIn?: number) => PreparedRequest[];
  /** Descriptors that the service's process has open. */
  readonly countDescriptors: () => number;
  readonly readMemoryBytes: () => number;
  /** The highest memory seen since the start, looked at five times a second. */
  readonly peakMemoryBytes: () => number;
  /** The ids of all users in the store, read from the file or the table itself; null for a row that stores nothing. */
  readonly readStoredIds: () => Promise<ReadonlySet<string> | null>;
}

export interface Database {
  readonly server: () => PostgresServer;
  /** Name of the service's own database. */
  readonly name: string;
  /** Where its data is. */
  readonly folder: string;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Starts a service on data of its own.
 * @param databaseFolder where its database server is to keep its data, if not beside the other data */
export async function startTarget(
  name: string,
  row: Approach,
  { folder, seed, signal }: Pick<Stage, "folder" | "seed" | "signal">,
  databaseFolder?: string,
): Promise<Target> {
  await using stack = new AsyncDisposableStack();
  const root = makeOpenFolder(join(folder, `${name}-`));
  const database = row.needs.includes("database")
    ? await startDatabase(databaseFolder ?? join(root, "postgres"), stack)
    : null;
  const ownUrlOf = (base: string) => database?.server().urlOf(base) ?? "";
  await prepareData({
    ...{ root, size: SIZE, seed: DEFAULT_SEED, approaches: { [name]: row }, orders: true, signal },
    databaseUrlOf: ownUrlOf,
    onProgress: () => {},
  });
  const dataDir = dataFolderOf(root, SIZE, name, takesOrders(row));
  const databaseName = databaseOf(SIZE, row, takesOrders(row));
  const service = stack.use(
    await startService({
      approach: name,
      approachFile: row.file?.path,
      dataDir,
      databaseUrl: database?.urlOf(databaseName),
      signal,
    }),
  );
  const { pid } = service;
  let peakBytes = 0;
  const readMemoryBytes = () => readResidentBytes(pid);
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, service.isRunning() ? readMemoryBytes() : 0);
  }, SAMPLE_MS);
  stack.defer(() => clearInterval(sampling));
  const owned = stack.move();
  return {
    name,
    row,
    service,
    database: database && { ...database, name: databaseName },
    makeRequests: createMaker(row, seed),
    countDescriptors: () => readdirSync(`/proc/${pid}/fd`).length,
    readMemoryBytes,
    peakMemoryBytes: () => peakBytes,
    async readStoredIds() {
      if (!row.stores) return null;
      // A copy: a store may refuse to be opened beside its service.
      const copy = mkdtempSync(join(root, "stored-"));
      cpSync(dataDir, copy, { recursive: true });
      const { users } = await readStoredUsers(
        { ...row, dataDir: copy, databaseUrl: ownUrlOf(databaseName) },
        { dataSeed: DEFAULT_SEED, size: SIZE },
      );
      rmSync(copy, { recursive: true });
      return new Set(users.map(({ id }) => id));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function createMaker(row: Approach, seed: number): Target["makeRequests"] {
  const random = startRandom(seed);
  const data = { dataSeed: DEFAULT_SEED, storesUsers: row.stores };
  let created = FIRST_UNSTORED_INDEX;
  return (count, oneNewIn = 0) =>
    Array.from({ length: count }, () => {
      const isNew = row.writes && oneNewIn > 0 && random(oneNewIn) === 0;
      return prepareRequest(
        isNew ? { kind: "create", index: created++ } : { kind: "find", index: random(SIZE) },
        data,
      );
    });
}

async function startDatabase(folder: string, stack: AsyncDisposableStack) {
  let server = await startPostgres({ folder });
  const portOf = () => Number(new URL(server.urlOf("postgres")).port);
  const proxy: TcpProxy = await startProxy(portOf());
  stack.defer(async () => {
    await proxy[Symbol.asyncDispose]();
    await server.stop();
  });
  return {
    server: () => server,
    folder,
    urlOf(name: string) {
      const url = new URL(server.urlOf(name));
      url.port = String(proxy.port);
      return url.href;
    },
    async stop() {
      proxy.pointTo(undefined);
      await server.stop();
    },
    async start() {
      server = await startPostgres({ folder });
      proxy.pointTo(portOf());
    },
  };
}

function readResidentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0; // It has ended.
  }
}
