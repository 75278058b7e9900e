// PostgreSQL: a server of its own, reached over a socket. The lookup costs little; the trip is the price.
//
//   read         one prepared statement over one of the pool's connections, one descent of the primary key
//   write        one transaction, synced to the server's write-ahead log before it is answered
//   order        one statement: takes a piece where one is left and inserts the order. Orders of the same item wait for each
//                other, on that row only
//   memory       a pool of connections here, a process for each of them there
//   durability   power: synchronous_commit is on, as is the server's own default
//   prefer       it when more than one machine must write: rows are locked one by one, and readers never wait
import postgres from "postgres";
import { describeDatabaseError, isAway } from "../storage/database-away.ts";
import { StoreUnavailable } from "../storage/faults.ts";
import { openPool, POOL_SIZE } from "../storage/postgres-pool.ts";
import { askUsers } from "../storage/postgres-questions.ts";
import { createMissing } from "../storage/postgres-schema.ts";
import { assertPower, readSettings, survivesCommit } from "../storage/postgres-settings.ts";
import { askLater, runEach } from "../storage/questions.ts";
import type { User } from "../storage/user.ts";
import type {
  InsertOutcome,
  OpenStore,
  StoreDescription,
  StoreOptions,
  UserStore,
} from "../storage/user-store.ts";
import { CREATE_USERS_TABLE } from "../storage/users-table.ts";

const UNIQUE_VIOLATION = "23505";

export const openPostgres: OpenStore = (options) => openPostgresWith(options, "");

/** @param create statements that create what it has beside the table of users */
export async function openPostgresWith(
  { databaseUrl, durability, log }: StoreOptions,
  create: string,
): Promise<UserStore> {
  const pool = openPool(databaseUrl, durability, log);
  const getSql = () => pool.sql;
  const openOrders = async () => (await import("../storage/postgres-orders.ts")).openOrders(getSql);
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
    if (durability === "power") await assertPower(pool.sql);
    await createMissing(pool.sql, `${CREATE_USERS_TABLE};${create}`);
    const [row] = await pool.sql<[{ count: string }]>`SELECT count(*) FROM users`;
    recordsAtStart = Number(row.count);
  }

  /** Runs queries; tells a server that is away from a query that is wrong. No async function: each costs a promise. */
  function guard<T, U>(run: () => Promise<T>, read: (answer: T) => U): Promise<U> {
    // The count of a large table may take long, once, and is not watched.
    if (recordsAtStart === undefined) return prepareOnce().then(() => guard(run, read), refuse);
    activeRequests++;
    const begun = pool.watch.begin();
    const end = () => {
      activeRequests--;
      pool.watch.end(begun);
    };
    const done = (answer: T): U => {
      end();
      return read(answer);
    };
    const failed = (error: unknown): never => {
      end();
      return refuse(error);
    };
    return run().then(done, failed);
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
        () => pool.sql<User[]>`SELECT id, name, email, created_at FROM users WHERE id = ${id}`,
        firstOrNull,
      );
    },

    insert: ({ id, name, email, created_at }) =>
      guard(
        () =>
          outcomeOf(
            pool.sql`INSERT INTO users (id, name, email, created_at) VALUES (${id}, ${name}, ${email}, ${created_at})`,
          ),
        asIs,
      ),

    // One statement is one transaction.
    insertMany: (users) =>
      guard(
        () =>
          outcomeOf(
            pool.sql`INSERT INTO users ${pool.sql(users as User[], "id", "name", "email", "created_at")}`,
          ),
        asIs,
      ),

    questions: runEach({ ...askUsers(getSql), ...askLater(openOrders) }, (run) =>
      guard(async () => run(), asIs),
    ),
    check: () => guard(() => pool.sql`SELECT 1 FROM users LIMIT 1`, nothing),
    describe: () => guard(() => describeServer(pool.sql, recordsAtStart ?? 0), asIs),
    figures: () => [
      { name: "postgres_pool_connections", help: "Connections of the pool, at most.", value: POOL_SIZE },
      {
        name: "postgres_pool_active_requests",
        help: "Requests that wait for the server.",
        value: activeRequests,
      },
    ],
    [Symbol.asyncDispose]: pool[Symbol.asyncDispose],
  };
}

function refuse(error: unknown): never {
  throw isAway(error) ? new StoreUnavailable("the database is away", { cause: error }) : error;
}

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

async function describeServer(sql: postgres.Sql, recordsAtStart: number): Promise<StoreDescription> {
  const { server_version = "", ...settings } = await readSettings(sql);
  const [size] = await sql<[{ bytes: string }]>`
    SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname IN ('users', 'orders', 'inventory')`;
  return {
    recordsAtStart,
    dataBytes: Number(size.bytes),
    durability: survivesCommit(settings),
    settings: { poolSize: POOL_SIZE, ...settings },
    versions: { postgresql: server_version },
  };
}
