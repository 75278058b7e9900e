// Reading what is in a store at its end, and what the checker makes of it: a real SQLite file, a real PostgreSQL table and a
// real file in which somebody has deleted, altered and doubled records behind the services' backs.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";
import { checkHistory, type HistoryFindings } from "../../lab/history/check-history.ts";
import type { Add } from "../../lab/history/operation.ts";
import { readStoredUsers } from "../../lab/writers/stored-users.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { User } from "../../services/storage/user.ts";
import { runSql, startTestServer, type TestServer } from "../helpers/postgres.ts";
import { prepareData, type StoreData } from "../helpers/stores.ts";

const DATA_SEED = 1;
const SIZE = 5;
const WRITTEN = 4;
const seeded = Array.from({ length: SIZE }, (_, index) => seededUser(DATA_SEED, index));
const written = Array.from({ length: WRITTEN }, (_, index) =>
  seededUser(DATA_SEED, FIRST_UNSTORED_INDEX + index),
);
const [seededOne, writtenOne] = [seeded[2], written[2]] as [User, User];
/** One acknowledged operation for each user that was written. */
const history = written.map(
  ({ id }, index): Add => ({
    op: "add",
    element: FIRST_UNSTORED_INDEX + index,
    process: 1,
    invokedMs: index,
    endedMs: index + 1,
    outcome: "ok",
    id,
  }),
);

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

/** Runs statements on the tables of an approach, past its store. */
type RunStatements = (data: StoreData, statements: string) => Promise<void>;
const databases: Readonly<Record<"sqlite" | "postgres", { run: RunStatements; withoutKey: string }>> = {
  sqlite: {
    run: async (data, statements) => {
      using db = new DatabaseSync(data.folder.inFolder("users.db"));
      db.exec(statements);
    },
    withoutKey:
      "ALTER TABLE users RENAME TO keyed; CREATE TABLE users AS SELECT * FROM keyed; DROP TABLE keyed",
  },
  postgres: {
    run: async ({ options }, statements) => {
      await runSql(options.databaseUrl ?? "", (sql) => sql.unsafe(statements).simple());
    },
    withoutKey: "ALTER TABLE users DROP CONSTRAINT users_pkey",
  },
};

/** Stores the users through the approach's own store, does something behind its back, and reads what is there. */
async function findAfter(name: keyof typeof approaches, change: (data: StoreData) => Promise<void>) {
  using data = await prepareData(approaches[name], seeded, server);
  {
    await using store = await data.open();
    for (const user of written) await store.insert(user);
  }
  await change(data);
  const { dataDir, databaseUrl } = data.options;
  const stored = await readStoredUsers(
    { needs: approaches[name].needs, dataDir, databaseUrl },
    { dataSeed: DATA_SEED, size: SIZE },
  );
  const { lost, duplicated, unexpected, malformedLines } = checkHistory(history, stored, 0);
  return { seeded: stored.seeded, lost, duplicated, unexpected, malformedLines };
}

type Found = Pick<HistoryFindings, "lost" | "duplicated" | "unexpected" | "malformedLines"> & {
  readonly seeded: number;
};
const SOUND: Found = { seeded: SIZE, lost: 0, duplicated: 0, unexpected: 0, malformedLines: 0 };
const insertAgain = ({ id }: User) =>
  `INSERT INTO users SELECT id, name, email, created_at FROM users WHERE id = '${id}'`;

for (const name of ["sqlite", "postgres"] as const)
  describe(`in a table of ${name}`, () => {
    const { run, withoutKey } = databases[name];
    const find = (statements: string) => findAfter(name, (data) => run(data, statements));

    test("everything is as it was stored when nobody has touched it", async () => {
      assert.deepEqual(await findAfter(name, async () => {}), SOUND);
    });

    test("a row that is gone is lost, or one of the seeded users is missing", async () => {
      assert.deepEqual(await find(`DELETE FROM users WHERE id = '${writtenOne.id}'`), { ...SOUND, lost: 1 });
      const seededGone = await find(`DELETE FROM users WHERE id = '${seededOne.id}'`);
      assert.deepEqual(seededGone, { ...SOUND, seeded: SIZE - 1 });
    });

    test("a row that is there twice is found, a seeded one too", async () => {
      const twice = await find(`${withoutKey}; ${insertAgain(writtenOne)}`);
      assert.deepEqual(twice, { ...SOUND, duplicated: 1 });
      const seededTwice = await find(`${withoutKey}; ${insertAgain(seededOne)}`);
      assert.deepEqual(seededTwice, { ...SOUND, unexpected: 1 });
    });

    test("another name, address or id than was answered is a loss, and a user whom nobody stored", async () => {
      for (const change of ["name = 'Somebody'", "email = 'else@example.com'", "id = 'another'"]) {
        const found = await find(`UPDATE users SET ${change} WHERE id = '${writtenOne.id}'`);
        assert.deepEqual(found, { ...SOUND, lost: 1, unexpected: 1 }, change);
      }
      const changed = await find(`UPDATE users SET name = 'Somebody' WHERE id = '${seededOne.id}'`);
      assert.deepEqual(changed, { ...SOUND, seeded: SIZE - 1, unexpected: 1 });
    });

    test("a user whom nobody stored is found", async () => {
      const added = await find("INSERT INTO users VALUES ('stray', 'Stray', 'stray@example.com', '')");
      assert.deepEqual(added, { ...SOUND, unexpected: 1 });
    });
  });

test("in a file, a line that is gone, doubled, altered or broken is found", async () => {
  const edit = (change: (lines: string[]) => readonly string[]) =>
    findAfter("linear", async (data) => {
      const file = data.folder.inFolder("users.jsonl");
      const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
      writeFileSync(
        file,
        change(lines)
          .map((line) => `${line}\n`)
          .join(""),
      );
    });
  const last = SIZE + WRITTEN - 1;
  assert.deepEqual(await edit((lines) => lines), SOUND);
  assert.deepEqual(await edit((lines) => lines.slice(0, -1)), { ...SOUND, lost: 1 });
  assert.deepEqual(await edit((lines) => lines.slice(1)), { ...SOUND, seeded: SIZE - 1 });
  assert.deepEqual(await edit((lines) => [...lines, lines[last] as string]), { ...SOUND, duplicated: 1 });
  assert.deepEqual(
    await edit((lines) => lines.with(last, (lines[last] as string).replace('"name":"', '"name":"x'))),
    { ...SOUND, lost: 1, unexpected: 1 },
  );
  assert.deepEqual(await edit((lines) => lines.with(last, (lines[last] as string).slice(0, 40))), {
    ...SOUND,
    lost: 1,
    malformedLines: 1,
  });
  const torn = await findAfter("linear", async (data) =>
    appendFileSync(data.folder.inFolder("users.jsonl"), '{"id":"torn"'),
  );
  assert.deepEqual(torn, { ...SOUND, malformedLines: 1 });
});

test("rows of PostgreSQL are read to the last, also those that are equal", async () => {
  // More than are fetched at a time, so that equal ones lie on both sides of each border.
  const copies = 25_000;
  const found = await findAfter("postgres", (data) =>
    databases.postgres.run(
      data,
      `${databases.postgres.withoutKey};
       INSERT INTO users SELECT '${writtenOne.id}', 'x', 'x', '' FROM generate_series(1, ${copies})`,
    ),
  );
  assert.deepEqual(found, { ...SOUND, unexpected: copies });
});
