// PostgreSQL: a server of its own, reached over a socket. The lookup costs little; the trip is the price.
//
//   read         one prepared statement over one of the pool's connections, one descent of the primary key
//   write        one transaction, synced to the server's write-ahead log before it is answered
//   memory       a pool of connections here, a process for each of them there
//   durability   power: synchronous_commit is on, as is the server's own default
//   prefer       it when more than one machine must write: rows are locked one by one, and readers never wait
import postgres from "postgres";
import { describeDatabaseError, isAway } from "../storage/database-away.ts";
import { StoreUnavailable } from "../storage/faults.ts";
import { SYNCED } from "../storage/synced.ts";
import type { User } from "../storage/user.ts";
import type { Durability, InsertOutcome, OpenStore, StoreDescription } from "../storage/user-store.ts";
import { CREATE_USERS_TABLE } from "../storage/users-table.ts";

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_SECONDS = 3;
/** A server that is away is looked for so often; requests that come meanwhile are refused at that pace. */
const RECONNECT_SECONDS = 0.1;
const CLOSE_LIMIT_SECONDS = 1;
const UNIQUE_VIOLATION = "23505";
/** What decides about what a commit survives, and about what it costs. */
const SETTINGS: readonly string[] = [
  "server_version",
  "synchronous_commit",
  "synchronous_standby_names",
  "fsync",
  "full_page_writes",
  "data_checksums",
  "wal_sync_method",
  "wal_level",
  "wal_buffers",
  "commit_delay",
  "checkpoint_timeout",
  "max_wal_size",
  "shared_buffers",
  "max_connections",
];

/** The session's synchronous_commit at each level. */
const SYNCHRONOUS_COMMIT = { none: "off", process: "on", power: "on" } as const;

export const openPostgres: OpenStore = async ({ databaseUrl, durability, log }) => {
  // Connects when the first query needs it, and again when a connection is lost.
  const sql = postgres(databaseUrl ?? "", {
    max: POOL_SIZE,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    backoff: () => RECONNECT_SECONDS,
    onnotice: () => {},
    // The package asks for array types on every new connection, and nobody would hear of it when that fails: the
    // rejection would end the process. No array is stored here.
    fetch_types: false,
    ...(durability !== "lesson" && {
      connection: { synchronous_commit: SYNCHRONOUS_COMMIT[durability] },
    }),
  });
  let activeRequests = 0;
  let recordsAtStart: number | undefined;
  let preparing: Promise<void> | undefined;

  /** Creates the table and counts its users: once, as soon as the server can be reached. */
  function prepareOnce(): Promise<void> {
    preparing ??= prepare().finally(() => {
      preparing = undefined;
    });
    return preparing;
  }

  async function prepare(): Promise<void> {
    if (durability === "power") await assertPower(sql);
    await sql.unsafe(CREATE_USERS_TABLE);
    const [row] = await sql<[{ count: string }]>`SELECT count(*) FROM users`;
    recordsAtStart = Number(row.count);
  }

  const failed = (error: unknown): never => {
    activeRequests--;
    throw isAway(error) ? new StoreUnavailable("the database is away", { cause: error }) : error;
  };
  /** Runs queries; tells a server that is away from a query that is wrong. No async function: each costs a promise. */
  function guard<T, U>(run: () => Promise<T>, read: (answer: T) => U): Promise<U> {
    activeRequests++;
    const running = recordsAtStart === undefined ? prepareOnce().then(run) : run();
    const done = (answer: T): U => {
      activeRequests--;
      return read(answer);
    };
    return running.then(done, failed);
  }

  await prepareOnce().catch((error) => {
    if (!isAway(error)) throw new Error(`DATABASE_URL: ${describeDatabaseError(error)}`, { cause: error });
    log(`PostgreSQL is away, will try again: ${describeDatabaseError(error)}`);
  });

  return {
    findById: (id) => {
      // PostgreSQL's text cannot hold NUL, so nobody has such an id.
      if (id.includes("\0")) return null;
      return guard(
        () => sql<User[]>`SELECT id, name, email, created_at FROM users WHERE id = ${id}`,
        firstOrNull,
      );
    },

    insert: ({ id, name, email, created_at }) =>
      guard(
        () =>
          outcomeOf(
            sql`INSERT INTO users (id, name, email, created_at) VALUES (${id}, ${name}, ${email}, ${created_at})`,
          ),
        asIs,
      ),

    // One statement is one transaction.
    insertMany: (users) =>
      guard(
        () => outcomeOf(sql`INSERT INTO users ${sql(users as User[], "id", "name", "email", "created_at")}`),
        asIs,
      ),

    check: () => guard(() => sql`SELECT 1 FROM users LIMIT 1`, nothing),
    describe: () => guard(() => describeServer(sql, recordsAtStart ?? 0), asIs),
    figures: () => [
      { name: "postgres_pool_connections", help: "Connections of the pool, at most.", value: POOL_SIZE },
      {
        name: "postgres_pool_active_requests",
        help: "Requests that wait for the server.",
        value: activeRequests,
      },
    ],
    [Symbol.asyncDispose]: () => sql.end({ timeout: CLOSE_LIMIT_SECONDS }),
  };
};

async function outcomeOf(inserting: Promise<unknown>): Promise<InsertOutcome> {
  try {
    await inserting;
    return "inserted";
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION) return "duplicate";
    throw error;
  }
}

const asIs = <T>(answer: T): T => answer;
const nothing = (): void => {};

function firstOrNull(users: readonly User[]): User | null {
  return users[0] ?? null;
}

async function readSettings(sql: postgres.Sql): Promise<Readonly<Record<string, string>>> {
  const rows = await sql<{ name: string; setting: string }[]>`
    SELECT name, current_setting(name) AS setting FROM pg_settings
    WHERE name IN ${sql(SETTINGS)} ORDER BY name`;
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}

/** Says what a commit survives with these settings. */
function survivesCommit({ synchronous_commit, fsync }: Readonly<Record<string, string>>): Durability {
  if (synchronous_commit === "off") return "nothing";
  return fsync === "off" ? "process" : SYNCED;
}

/** @throws Error when the server does not have commits on the disk before it answers */
async function assertPower(sql: postgres.Sql): Promise<void> {
  const settings = await readSettings(sql);
  if (survivesCommit(settings) === "power") return;
  const { synchronous_commit, fsync } = settings;
  throw new Error(
    `the server has synchronous_commit = ${synchronous_commit}, fsync = ${fsync}; DURABILITY=power expected both on`,
  );
}

async function describeServer(sql: postgres.Sql, recordsAtStart: number): Promise<StoreDescription> {
  const { server_version = "", ...settings } = await readSettings(sql);
  const [size] = await sql<[{ bytes: string }]>`SELECT pg_total_relation_size('users') AS bytes`;
  return {
    recordsAtStart,
    dataBytes: Number(size.bytes),
    durability: survivesCommit(settings),
    settings: { poolSize: POOL_SIZE, ...settings },
    versions: { postgresql: server_version },
  };
}
