// PostgreSQL: a server of its own, reached over a socket. The lookup costs little; the trip is the price.
//
//   read         one prepared statement over one of the pool's connections, one descent of the primary key
//   write        one transaction, synced to the server's write-ahead log before it is answered
//   memory       a pool of connections here, a process for each of them there
//   durability   power: synchronous_commit is on
//   prefer       it when more than one machine must write: rows are locked one by one, and readers never wait
import pg from "pg";
import { StoreUnavailable } from "../storage/faults.ts";
import type { User } from "../storage/user.ts";
import type { OpenStore, StoreDescription } from "../storage/user-store.ts";

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 3_000;
const UNIQUE_VIOLATION = "23505";
const SETTINGS = [
  "synchronous_commit",
  "fsync",
  "full_page_writes",
  "wal_sync_method",
  "shared_buffers",
  "max_connections",
];

const CREATE_TABLE =
  "CREATE TABLE IF NOT EXISTS users " +
  "(id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, created_at TEXT NOT NULL)";
const FIND = { name: "find", text: "SELECT id, name, email, created_at FROM users WHERE id = $1" };
const INSERT = {
  name: "insert",
  text: "INSERT INTO users (id, name, email, created_at) VALUES ($1, $2, $3, $4)",
};

export const openPostgres: OpenStore = async ({ databaseUrl, log }) => {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: "postgres-approach",
  });
  // An idle connection that breaks is replaced when the next request needs one.
  pool.on("error", (error) => log(`lost an idle connection: ${error.message}`));

  let recordsAtStart: number | undefined;
  /** Creates the table and counts its users: once, as soon as the server can be reached. */
  async function prepareOnce(): Promise<void> {
    if (recordsAtStart !== undefined) return;
    await pool.query(CREATE_TABLE);
    const { rows } = await pool.query<{ count: string }>("SELECT count(*) FROM users");
    recordsAtStart ??= Number(rows[0]?.count);
  }
  await prepareOnce().catch((error) => log(`PostgreSQL is away, will try again: ${describe(error)}`));

  return {
    async findById(id) {
      // PostgreSQL's text cannot hold NUL, so nobody has such an id.
      if (id.includes("\0")) return null;
      return guard(async () => {
        await prepareOnce();
        const { rows } = await pool.query<User>({ ...FIND, values: [id] });
        return rows[0] ?? null;
      });
    },

    insert: ({ id, name, email, created_at }) =>
      guard(async () => {
        await prepareOnce();
        try {
          await pool.query({ ...INSERT, values: [id, name, email, created_at] });
          return "inserted";
        } catch (error) {
          if ((error as pg.DatabaseError).code === UNIQUE_VIOLATION) return "duplicate";
          throw error;
        }
      }),

    check: () =>
      guard(async () => {
        await prepareOnce();
        await pool.query("SELECT 1 FROM users LIMIT 1");
      }),
    describe: () =>
      guard(async () => {
        await prepareOnce();
        return describeServer(pool, recordsAtStart ?? 0);
      }),
    figures: () => [
      { name: "postgres_pool_connections", help: "Connections of the pool.", value: pool.totalCount },
      { name: "postgres_pool_idle_connections", help: "Connections not in use.", value: pool.idleCount },
      { name: "postgres_pool_waiting_requests", help: "Requests without one.", value: pool.waitingCount },
    ],
    [Symbol.asyncDispose]: () => pool.end(),
  };
};

/** Runs queries; tells a server that is away from a query that is wrong. */
async function guard<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAway(error)) throw new StoreUnavailable(`PostgreSQL is away: ${describe(error)}`, { cause: error });
    throw error;
  }
}

/** Classes of SQLSTATE that a later try may not meet: connection, resources, operator, system. Other errors with
 * a SQLSTATE are wrong queries; those without one come from the socket or the pool. */
function isAway(error: unknown): boolean {
  const { code } = error as pg.DatabaseError;
  return !(error instanceof pg.DatabaseError) || /^(08|53|57|58)/.test(code ?? "");
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}

async function describeServer(pool: pg.Pool, recordsAtStart: number): Promise<StoreDescription> {
  const settings: Record<string, string> = {};
  for (const name of [...SETTINGS, "server_version"]) {
    const { rows } = await pool.query<Record<string, string>>(`SHOW ${name}`);
    settings[name] = rows[0]?.[name] ?? "";
  }
  const { server_version = "", ...durability } = settings;
  const { rows } = await pool.query<{ bytes: string }>("SELECT pg_total_relation_size('users') AS bytes");
  return {
    recordsAtStart,
    dataBytes: Number(rows[0]?.bytes),
    settings: { poolSize: POOL_SIZE, ...durability },
    versions: { postgresql: server_version },
  };
}
