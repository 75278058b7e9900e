// Fills a PostgreSQL database with the seeded users: COPY first, the primary key afterwards.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { CREATE_POSTGRES_INDEXES } from "../../services/storage/sql-indexes.ts";
import { createOrders } from "../../services/storage/sql-orders.ts";
import { parseUser } from "../../services/storage/user.ts";
import { formatManifest, isOf, type Manifest, parseManifest, type Wanted } from "./manifest.ts";
import type { PrepareOptions } from "./prepare.ts";
import { chunkOrders, type ShopOptions, startInventory } from "./shop.ts";
import { openSource } from "./source-file.ts";
import { readTextLines } from "./text-lines.ts";

const MAINTENANCE_DATABASE = "postgres";
const USERS_PER_CHUNK = 1_000;

const CREATE_TABLE =
  "CREATE TABLE users (id TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, created_at TEXT NOT NULL)";

type DatabaseOptions = Pick<PrepareOptions, "size" | "seed" | "databaseUrlOf" | "onProgress" | "signal"> & {
  /** Whether it has what finds users by more than their ids. */
  readonly indexed?: true | undefined;
  /** What orders and an inventory are made from, where it has them. */
  readonly shop?: Omit<ShopOptions, "onProgress"> | undefined;
  /** The users.jsonl that the users are in. */
  readonly usersFile: string;
};

/** Makes a database of this name, unless there is one of these users. Its manifest is its comment, set while it
 * still has another name. */
export async function prepareDatabase(
  options: DatabaseOptions,
  database: string,
  sha256: string,
): Promise<void> {
  const { databaseUrlOf } = options;
  if (databaseUrlOf === undefined) throw new Error("no database server to prepare");
  const unfinished = `${database}_unfinished`;
  await withClient(databaseUrlOf(MAINTENANCE_DATABASE), async (client) => {
    const manifest = await readComment(client, database);
    const isAsMade = manifest !== null && (await isUntouched(databaseUrlOf(database), manifest));
    if (isAsMade && isOf(manifest, options)) return;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished}`);
    await client.query(`CREATE DATABASE ${unfinished}`);
    const orders = await withClient(databaseUrlOf(unfinished), (inside) => fill(inside, options));
    const { size, seed } = options;
    await writeComment(client, unfinished, formatManifest({ size, seed }, sha256, orders));
    if (isAsMade) await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
    else await keepAside(client, database);
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${database}`);
  });
}

/** Makes a copy of a database, in place of an earlier copy. Nobody may be connected to the original. */
export async function copyDatabase(urlOf: (name: string) => string, from: string, to: string): Promise<void> {
  await withClient(urlOf(MAINTENANCE_DATABASE), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${to} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY FILE_COPY`);
  });
}

/** Makes a copy of a prepared database that is there to be written to. One of these users is left as it is. */
export async function serveDatabase(
  urlOf: (name: string) => string,
  { from, to, ...wanted }: Wanted & { readonly from: string; readonly to: string },
): Promise<void> {
  await withClient(urlOf(MAINTENANCE_DATABASE), async (client) => {
    if (isOf(await readComment(client, to), wanted)) return;
    const unfinished = `${to}_unfinished`;
    await copyDatabase(urlOf, from, unfinished);
    const manifest = await readComment(client, from);
    await writeComment(client, unfinished, `${JSON.stringify(manifest)}\n`);
    await keepAside(client, to);
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${to}`);
  });
}

/** Removes a database, if it is there. */
export async function dropDatabase(urlOf: (name: string) => string, database: string): Promise<void> {
  await withClient(urlOf(MAINTENANCE_DATABASE), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  });
}

async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** Gives a database, if it is there, a name under which nobody looks for it. */
async function keepAside(client: pg.Client, database: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>("SELECT datname FROM pg_database");
  const names = new Set(rows.map(({ datname }) => datname));
  if (!names.has(database)) return;
  let n = 1;
  while (names.has(`${database}_changed_${n}`)) n++;
  await client.query(`ALTER DATABASE ${database} RENAME TO ${database}_changed_${n}`);
}

/** Whether a database has as many users, and as many orders where it had some, as when it was finished. */
function isUntouched(url: string, { size, files }: Manifest): Promise<boolean> {
  return withClient(url, async (client) => {
    for (const [table, rows] of Object.entries({ users: size, ...files }))
      if ((await countRows(client, table)) !== rows) return false;
    return true;
  });
}

/** Counts the rows of a table; -1 where there is none. */
async function countRows(client: pg.Client, table: string): Promise<number> {
  try {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
    return Number(rows[0]?.count);
  } catch {
    return -1;
  }
}

async function readComment(client: pg.Client, database: string) {
  const text = "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1";
  const { rows } = await client.query<{ comment: string | null }>(text, [database]);
  return parseManifest(rows[0]?.comment ?? "");
}

async function writeComment(client: pg.Client, database: string, text: string): Promise<void> {
  await client.query(`COMMENT ON DATABASE ${database} IS ${client.escapeLiteral(text)}`);
}

/** Returns the number of orders, where there are to be some. */
async function fill(client: pg.Client, options: DatabaseOptions): Promise<{ orders?: number }> {
  await client.query(CREATE_TABLE);
  await pipeline(Readable.from(copyLines(options)), client.query(copyFrom("COPY users FROM STDIN")));
  await client.query("ALTER TABLE users ADD PRIMARY KEY (id)");
  if (options.indexed) await client.query(CREATE_POSTGRES_INDEXES);
  if (options.shop) await fillShop(client, options.shop, options.onProgress);
  // What a server that has run for a while has done by itself: statistics, visibility map, nothing left to write.
  await client.query(`VACUUM (ANALYZE) users${options.shop ? ", orders, inventory" : ""}`);
  await client.query("CHECKPOINT");
  return options.shop ? { orders: await countRows(client, "orders") } : {};
}

async function fillShop(
  client: pg.Client,
  options: Omit<ShopOptions, "onProgress">,
  report: DatabaseOptions["onProgress"],
): Promise<void> {
  await client.query(createOrders());
  const inventory = startInventory();
  const onProgress = (done: number, total: number) => report("database orders", done, total);
  async function* orderLines() {
    for await (const orders of chunkOrders({ ...options, onProgress }))
      yield orders
        .map(({ id, user_id, item_id, created_at }) => {
          inventory.take(item_id);
          return `${id}\t${user_id}\t${item_id}\t${created_at}\n`;
        })
        .join("");
  }
  await pipeline(Readable.from(orderLines()), client.query(copyFrom("COPY orders FROM STDIN")));
  const lines = [...inventory.listLeft()].map(([item, amountLeft]) => `${item}\t${amountLeft}\n`);
  await pipeline(Readable.from(lines), client.query(copyFrom("COPY inventory FROM STDIN")));
}

/** COPY's text format: of what JSON can hold, tab, newlines and backslash have to be escaped. */
function* copyLines({ usersFile, size, onProgress, signal }: DatabaseOptions): Generator<string> {
  using source = openSource(usersFile);
  let lines = "";
  for (const { number, text } of readTextLines(source.fd)) {
    const { id, name, email, created_at } = parseUser(text ?? "");
    lines += `${[id, name, email, created_at].map(escapeCopy).join("\t")}\n`;
    if (number % USERS_PER_CHUNK !== 0 && number < size) continue;
    signal?.throwIfAborted();
    onProgress("database", number, size);
    yield lines;
    lines = "";
  }
}

const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

function escapeCopy(value: string): string {
  return value.replaceAll(/[\t\n\r\\]/g, (character) => ESCAPES[character] as string);
}
