// What services/storage/user-store.ts promises, asked of one row of the table of approaches.
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Approach } from "../../services/approaches/approach.ts";
import { WritesUnsupported } from "../../services/storage/faults.ts";
import type { User } from "../../services/storage/user.ts";
import type { TestServer } from "../helpers/postgres.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers, toLines, unknownIds, userWithId } from "../helpers/users.ts";

/** Users that take more than a careless reader expects. The ids fit every format. */
const unusualUsers: User[] = [
  userWithId("b0000000-0000-4000-8000-000000000001", { name: "Zoë Łukasz 漢字 🦊 مرحبا" }),
  userWithId("b0000000-0000-4000-8000-000000000002", { name: "n".repeat(1_500) }),
  userWithId("b0000000-0000-4000-8000-000000000003", { name: "é".repeat(100_000) }),
  userWithId("b0000000-0000-4000-8000-000000000004", { name: 'quote " backslash \\ newline \n tab \t' }),
  userWithId("b0000000-0000-4000-8000-000000000005", { name: "lines\u2028and\u2029paragraphs\u0085" }),
  userWithId("x", { name: "an id of one character" }),
  userWithId("~!#$%&'()*+,-./:;<=>?@[]^_`{|}", { name: "an id of signs" }),
];
const users = [...someUsers(50), ...unusualUsers];
const known = users[7] as User;

/**
 * Registers the tests of one row.
 * @param getServer returns the server for rows that need a database, when a test runs
 */
export function testUserStore(approach: Approach, getServer: () => TestServer | undefined): void {
  const prepare = (seeded: readonly User[] | undefined) => prepareData(approach, seeded, getServer());
  const isFileOfLines = approach.needs.includes("users.jsonl") && !approach.needs.includes("users.idx");

  test("describes itself", async () => {
    using data = await prepare(users);
    await using store = await data.open();
    const { recordsAtStart, dataBytes, settings } = await store.describe();
    assert.equal(recordsAtStart, approach.stores ? users.length : 0);
    assert.equal(dataBytes > 0, approach.stores);
    assert.equal(typeof settings, "object");
    await store.check();
  });

  if (approach.stores)
    describe("reads", () => {
      test("finds each user, whole", async () => {
        using data = await prepare(users);
        await using store = await data.open();
        for (const user of users) assert.deepEqual({ ...(await store.findById(user.id)) }, user);
      });

      test("finds nobody by an id that nobody has", async () => {
        using data = await prepare(users);
        await using store = await data.open();
        for (const [form, id] of Object.entries(unknownIds(known.id))) {
          assert.equal(await store.findById(id), null, form);
        }
      });

      test("finds nobody by any other string", async () => {
        using data = await prepare(users);
        await using store = await data.open();
        const ids = new Set(users.map(({ id }) => id));
        const anyString = fc.oneof(
          fc.string(),
          fc.string({ unit: "binary" }),
          fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
        );
        await fc.assert(
          fc.asyncProperty(anyString, async (id) => {
            fc.pre(!ids.has(id));
            assert.equal(await store.findById(id), null);
          }),
        );
      });

      test("serves many at once", async () => {
        using data = await prepare(users);
        await using store = await data.open();
        const found = await Promise.all(users.map(({ id }) => store.findById(id)));
        assert.deepEqual(
          found.map((user) => user?.id),
          users.map(({ id }) => id),
        );
      });

      test("starts without any data, as a store without users", async () => {
        using data = await prepare(undefined);
        await using store = await data.open();
        assert.equal(await store.findById(known.id), null);
        assert.equal((await store.describe()).recordsAtStart, 0);
      });
    });

  if (isFileOfLines)
    describe("reads lines", () => {
      test("skips blank lines and accepts carriage returns", async () => {
        using data = await prepare([]);
        const [first, second, third] = someUsers(3).map((user) => JSON.stringify(user));
        writeFileSync(
          data.folder.inFolder("users.jsonl"),
          `\n\r\n${first}\r\n\n   \n${second}\n \t \r\n${third}\r\n\n`,
        );
        await using store = await data.open();
        for (const user of someUsers(3)) assert.deepEqual(await store.findById(user.id), user);
        assert.equal((await store.describe()).recordsAtStart, 3);
      });

      test("answers with the first of two records that have one id", async () => {
        using data = await prepare([]);
        appendFileSync(data.folder.inFolder("users.jsonl"), toLines([known, { ...known, name: "Second" }]));
        await using store = await data.open();
        assert.deepEqual(await store.findById(known.id), known);
      });
    });

  const { batches = "none" } = approach;
  test(`${batches === "none" ? "takes no" : "takes"} users that are to be stored together`, async () => {
    using data = await prepare(users);
    await using store = await data.open();
    assert.equal(store.insertMany !== undefined, batches !== "none");
  });
  if (batches !== "none")
    describe("batches", () => {
      test("are found whole, now and after a restart", async () => {
        using data = await prepare(users);
        const created = someUsers(150).slice(50);
        for (const start of ["first", "second"]) {
          await using store = await data.open();
          if (start === "first") assert.equal(await store.insertMany?.(created), "inserted");
          for (const user of [...users, ...created])
            assert.deepEqual({ ...(await store.findById(user.id)) }, user);
        }
      });

      test("with an id that is taken leave its user, and nothing of them where that is found out", async () => {
        using data = await prepare(users);
        const created = [userWithId("a"), { ...known, name: "Second" }, userWithId("b")];
        await using store = await data.open();
        const outcome = await store.insertMany?.(created);
        const found = await Promise.all(["a", known.id, "b"].map((id) => store.findById(id)));
        const [a, b] = outcome === "inserted" ? [created[0], created[2]] : [null, null];
        assert.deepEqual(
          found.map((user) => user && { ...user }),
          [a, known, b],
        );
        assert.equal(await store.insertMany?.([userWithId("c"), userWithId("d")]), "inserted");
        assert.ok(await store.findById("d"));
      });
    });

  if (!approach.writes)
    test("refuses to insert, and says why", async () => {
      using data = await prepare(users);
      await using store = await data.open();
      const refusal = (error: unknown) => error instanceof WritesUnsupported && error.message !== "";
      await assert.rejects(async () => store.insert(userWithId("new")), refusal);
      assert.equal(await store.findById("new"), null);
    });

  if (approach.writes)
    describe("writes", () => {
      test("finds what it has inserted", async () => {
        using data = await prepare(users);
        await using store = await data.open();
        for (const user of someUsers(60).slice(50)) {
          assert.equal(await store.insert(user), "inserted");
          if (approach.stores) assert.deepEqual({ ...(await store.findById(user.id)) }, user);
        }
        const later = Array.from({ length: 100 }, (_, index) => userWithId(`later-${index}`));
        const inserting = Promise.all(later.map((user) => store.insert(user)));
        for (let asked = 0; asked < 5; asked++)
          assert.equal((await store.describe()).recordsAtStart, approach.stores ? users.length : 0);
        await inserting;
      });

      if (!approach.stores) return;

      test("makes its data with the first insert", async () => {
        using data = await prepare(undefined);
        await using store = await data.open();
        assert.equal(await store.insert(known), "inserted");
        assert.deepEqual({ ...(await store.findById(known.id)) }, known);
        assert.ok((await store.describe()).dataBytes > 0);
      });

      test("takes inserts at the same time", async () => {
        using data = await prepare(users);
        await using store = await data.open();
        const created = someUsers(80).slice(50);
        const outcomes = await Promise.all(created.map((user) => store.insert(user)));
        assert.deepEqual(new Set(outcomes), new Set(["inserted"]));
        for (const user of created) assert.deepEqual({ ...(await store.findById(user.id)) }, user);
      });

      test("answers the same after an id came twice, now and after a restart", async () => {
        using data = await prepare(users);
        const second = { ...known, name: "Second" };
        const answers: unknown[] = [];
        {
          await using store = await data.open();
          assert.ok(["inserted", "duplicate"].includes(await store.insert(second)));
          answers.push({ ...(await store.findById(known.id)) });
        }
        await using store = await data.open();
        answers.push({ ...(await store.findById(known.id)) });
        assert.deepEqual(answers, [known, known]);
      });

      if (approach.durability !== "nothing")
        test("keeps what was written over a restart", async () => {
          using data = await prepare(users);
          const created = someUsers(60).slice(50);
          {
            await using store = await data.open();
            for (const user of [...created, userWithId("long", { name: "é".repeat(70_000) })])
              await store.insert(user);
          }
          await using store = await data.open();
          for (const user of [...users, ...created])
            assert.deepEqual({ ...(await store.findById(user.id)) }, user);
          assert.equal((await store.findById("long"))?.name.length, 70_000);
          assert.equal((await store.describe()).recordsAtStart, users.length + created.length + 1);
        });

      if (isFileOfLines)
        test("keeps a last record that came without a newline, and the one after it", async () => {
          using data = await prepare([]);
          appendFileSync(data.folder.inFolder("users.jsonl"), toLines([known]).trimEnd());
          {
            await using store = await data.open();
            await store.insert(userWithId("next"));
          }
          await using store = await data.open();
          assert.deepEqual(await store.findById(known.id), known);
          assert.deepEqual(await store.findById("next"), userWithId("next"));
        });

      if (isFileOfLines)
        test("loses nothing but a last record that was not written to its end", async () => {
          using data = await prepare([]);
          const torn = JSON.stringify(userWithId("torn")).slice(0, -9);
          appendFileSync(data.folder.inFolder("users.jsonl"), toLines([known]) + torn);
          {
            await using store = await data.open();
            assert.equal(await store.findById("torn"), null);
            await store.insert(userWithId("next"));
          }
          await using store = await data.open();
          for (const user of [known, userWithId("next")])
            assert.deepEqual(await store.findById(user.id), user);
          assert.equal((await store.describe()).recordsAtStart, 2);
        });
    });
}
