// Control: the lessons' lookups, as plainly as they can be written, under a bare node:http server. No framework,
// no metrics, no checks. What a service costs beyond this is what the lab itself costs.
//
//   APPROACH=map PORT=8081 DATA_DIR=… node lab/controls/bare-server.ts
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

type Lookup = (id: string) => unknown;

const dataDir = process.env.DATA_DIR ?? ".";
const dataFile = join(dataDir, "users.jsonl");

const lookups: Record<string, () => Lookup | Promise<Lookup>> = {
  baseline: () => (id) => ({ id, name: `User ${id}`, email: `${id}@example.com`, created_at: "2024-01-01" }),

  async map() {
    const users = new Map<string, unknown>();
    for await (const line of createInterface({ input: createReadStream(dataFile) })) {
      if (line === "") continue;
      const user = JSON.parse(line) as { id: string };
      users.set(user.id, user);
    }
    return (id) => users.get(id);
  },

  linear: () => async (id) => {
    const input = createReadStream(dataFile, { encoding: "utf8" });
    try {
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        if (line.trim() === "") continue;
        const user = JSON.parse(line) as { id: string };
        if (user.id === id) return user;
      }
      return undefined;
    } finally {
      input.destroy();
    }
  },

  binary: () => (id) => {
    const indexFd = openSync(join(dataDir, "users.idx"), "r");
    const dataFd = openSync(dataFile, "r");
    try {
      const wanted = id.padEnd(36, " ");
      const entry = Buffer.alloc(58);
      let low = 0;
      let high = fstatSync(indexFd).size / 58 - 1;
      while (low <= high) {
        const middle = Math.floor((low + high) / 2);
        readSync(indexFd, entry, 0, 58, middle * 58);
        const found = entry.toString("utf8", 0, 36);
        if (found === wanted) {
          const record = Buffer.alloc(1024);
          const bytesRead = readSync(dataFd, record, 0, 1024, Number(entry.toString("utf8", 37, 57)));
          const text = record.toString("utf8", 0, bytesRead);
          return JSON.parse(text.slice(0, text.indexOf("\n")));
        }
        if (found < wanted) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    } finally {
      closeSync(indexFd);
      closeSync(dataFd);
    }
  },

  sqlite() {
    const db = new DatabaseSync(join(dataDir, "users.db"));
    db.exec("PRAGMA journal_mode = WAL");
    const find = db.prepare("SELECT * FROM users WHERE id = ?");
    return (id) => find.get(id);
  },

  postgres: () => openPostgres(100),

  // The other ways to reach PostgreSQL, of which docs/decisions/0006-postgres-driver.md tells: the same package
  // without pipelining, and the package pg, without and with it.
  "postgres-unpipelined": () => openPostgres(1),
  async pg() {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
    const text = "SELECT * FROM users WHERE id = $1";
    return async (id) => (await pool.query({ name: "find", text, values: [id] })).rows[0];
  },
  async "pg-pipeline"() {
    const { default: pg } = await import("pg");
    const connect = async () => {
      const client = new pg.Client({ connectionString: process.env.DATABASE_URL, pipeline: true } as object);
      await client.connect();
      return client;
    };
    const clients = await Promise.all(Array.from({ length: 10 }, connect));
    const text = "SELECT * FROM users WHERE id = $1";
    let turn = 0;
    return async (id) => {
      const client = clients[turn++ % clients.length] as InstanceType<typeof pg.Client>;
      return (await client.query({ name: "find", text, values: [id] })).rows[0];
    };
  },
};

async function openPostgres(max_pipeline: number): Promise<Lookup> {
  const { default: postgres } = await import("postgres");
  const sql = postgres(process.env.DATABASE_URL ?? "", { max: 10, prepare: true, max_pipeline } as object);
  return async (id) => (await sql`SELECT * FROM users WHERE id = ${id}`)[0];
}

const lookup = await (lookups[process.env.APPROACH ?? ""] as () => Lookup | Promise<Lookup>)();

const server = createServer((request, response) => {
  const answer = (user: unknown) => {
    const body = JSON.stringify(user ?? { error: "not found" });
    response.writeHead(user ? 200 : 404, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  };
  if (request.url === "/health") return answer({ status: "ok" });
  const id = decodeURIComponent((request.url ?? "").slice("/users/".length));
  const found = lookup(id);
  if (found instanceof Promise) found.then(answer);
  else answer(found);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
