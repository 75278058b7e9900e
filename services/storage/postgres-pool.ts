// Connections to PostgreSQL: made when the first query needs them, again when they are lost, and given up when the server
// hangs, for which the driver would wait for ever.
import postgres from "postgres";
import { type OverdueWatch, watchOverdue } from "./overdue.ts";
import { SYNCHRONOUS_COMMIT } from "./postgres-settings.ts";
import type { StoreOptions } from "./user-store.ts";

export const POOL_SIZE = 10;
const CONNECT_TIMEOUT_SECONDS = 3;
/** A server that is away is looked for so often; requests that come meanwhile are refused at that pace. */
const RECONNECT_SECONDS = 0.1;
const CLOSE_LIMIT_SECONDS = 1;
/** A server that leaves a request without an answer for so long hangs, or has more to do than it can. */
const ANSWER_LIMIT_SECONDS = 5;

export interface PostgresPool extends AsyncDisposable {
  /** The connections of now. Not to be kept. */
  readonly sql: postgres.Sql;
  /** Requests between its `begin` and its `end` must be answered in time. */
  readonly watch: OverdueWatch;
}

export function openPool(
  databaseUrl: string | undefined,
  durability: StoreOptions["durability"],
  log: (line: string) => void,
): PostgresPool {
  const connect = () =>
    postgres(databaseUrl ?? "", {
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
  let sql = connect();
  /** Fails all requests that wait, since nobody knows which of them the server has, and begins anew. */
  const giveUp = (): void => {
    log(`PostgreSQL left requests unanswered for ${ANSWER_LIMIT_SECONDS} s; their connections are closed`);
    void sql.end({ timeout: 0 });
    sql = connect();
  };
  const watch = watchOverdue(ANSWER_LIMIT_SECONDS, giveUp);
  return {
    get sql() {
      return sql;
    },
    watch,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await sql.end({ timeout: CLOSE_LIMIT_SECONDS });
    },
  };
}
