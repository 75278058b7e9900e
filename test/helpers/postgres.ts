import postgres from "postgres";
import { type PostgresServer, startPostgres } from "../../lab/targets/postgres-server.ts";
import type { User } from "../../services/storage/user.ts";
import { CREATE_TABLE } from "./data-files.ts";
import { createFolder } from "./folder.ts";

export interface TestServer extends AsyncDisposable {
  readonly server: PostgresServer;
  /** Folder of the server's data, to start it again. */
  readonly folder: string;
  /** Creates a database with these users, or without a table when there are none to put in. Returns its URL. */
  readonly createDatabase: (users?: readonly User[]) => Promise<string>;
}

/** Starts a PostgreSQL of the test's own. */
export async function startTestServer(): Promise<TestServer> {
  const folder = createFolder();
  const server = await startPostgres({ folder: folder.path });
  let databases = 0;
  return {
    server,
    folder: folder.path,
    async createDatabase(users) {
      const name = `test_${++databases}`;
      await runSql(server.urlOf("postgres"), (sql) => sql.unsafe(`CREATE DATABASE ${name}`));
      const url = server.urlOf(name);
      if (users !== undefined) await fillDatabase(url, users);
      return url;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      folder[Symbol.dispose]();
    },
  };
}

async function fillDatabase(url: string, users: readonly User[]): Promise<void> {
  await runSql(url, async (sql) => {
    await sql.unsafe(CREATE_TABLE);
    for (const user of users) await sql`INSERT INTO users ${sql({ ...user })}`;
  });
}

/** Runs statements over one connection that is closed afterwards. */
export async function runSql<T>(url: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}
