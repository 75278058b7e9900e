// The right answers to the questions, and who is asked them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { computeAnswers, LIST_LIMIT, SINCE_STEPS, sinceOf } from "../../k6/lib/answers.ts";
import { startRandom } from "../../k6/lib/random.ts";
import { findAnswers, prepareRequest } from "../../k6/lib/requests.ts";
import {
  countSeededOrders,
  ITEMS,
  itemId,
  PLENTIFUL_ITEMS,
  seededOrders,
  stockOf,
} from "../../k6/lib/shop.ts";
import { DOMAINS } from "../../k6/lib/users.ts";
import { questionWorkloads, type Workload, type WorkloadName, workloads } from "../../k6/lib/workloads.ts";
import { listClosedCells, listLeftOut } from "../../lab/measure/plan.ts";
import { countLines, readSources } from "../../lab/questions/code-lines.ts";
import { approaches } from "../../services/approaches/index.ts";
import { compareNewest, QUESTIONS } from "../../services/storage/questions.ts";
import { indexUsers } from "../../services/storage/user-indexes.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

const SEED = 1;
const SIZE = 3_000;
const users = someUsers(SIZE);
const newest = users.toSorted(compareNewest);

describe("the right answers are those of going through all users", () => {
  const answers = computeAnswers(SEED, SIZE);

  test("since a time", () => {
    for (let step = 0; step < SINCE_STEPS; step++) {
      const since = newest.filter(({ created_at }) => created_at >= sinceOf(step));
      assert.deepEqual(JSON.parse(answers.since[step] ?? ""), { users: since.slice(0, LIST_LIMIT) });
      assert.deepEqual(JSON.parse(answers.countSince[step] ?? ""), { count: since.length });
    }
    assert.deepEqual(JSON.parse(answers.countSince[0] ?? ""), { count: SIZE });
  });

  test("of a domain", () => {
    for (const [at, domain] of DOMAINS.entries())
      assert.deepEqual(JSON.parse(answers.byDomain[at] ?? ""), {
        users: newest.filter(({ email }) => email.endsWith(`@${domain}`)).slice(0, LIST_LIMIT),
      });
  });

  test("with their numbers of orders", () => {
    const expected = newest.slice(0, LIST_LIMIT).map(({ id, name }) => ({
      id,
      name,
      orders: seededOrders(
        SEED,
        users.findIndex((user) => user.id === id),
      ).length,
    }));
    assert.deepEqual(JSON.parse(answers.ordersByUser), { users: expected });
  });
});

describe("the seeded orders", () => {
  const orders = users.flatMap((_, user) => seededOrders(SEED, user));

  test("are as many as is said, one for each user on average, with ids of their own", () => {
    for (const user of [0, 1, 2, 77])
      assert.equal(seededOrders(SEED, user).length, countSeededOrders(SEED, user));
    assert.ok(Math.abs(orders.length / SIZE - 1) < 0.1, `${orders.length}`);
    assert.equal(new Set([...orders, ...users].map(({ id }) => id)).size, orders.length + SIZE);
  });

  test("are of plentiful items only, of all of them", () => {
    const items = new Set(orders.map(({ item_id }) => item_id));
    assert.deepEqual(
      [...items].sort(),
      Array.from({ length: PLENTIFUL_ITEMS }, (_, item) => itemId(item)),
    );
    assert.equal(stockOf(ITEMS - 1), 0);
  });
});

describe("the workloads", () => {
  test("ask each question once", () => {
    assert.deepEqual(
      questionWorkloads.map((name) => (workloads[name] as Workload).asks).sort(),
      [...QUESTIONS].sort(),
    );
  });

  for (const name of questionWorkloads)
    test(`${name}: a wrong body is found`, () => {
      const data = { dataSeed: SEED, storesUsers: true, answers: findAnswers(name, SEED, SIZE) };
      const request = prepareRequest(workloads[name].next(startRandom(3), SIZE), data);
      for (const body of ["", "{}", '{"users":[]}', '{"count":-1}', '{"error":"not found"}'])
        assert.equal(request.isRightBody(body), false);
    });

  test("are left out, with the reason, where nobody answers", () => {
    const asked = {
      approaches: { map: approaches.map, sqlite: approaches.sqlite, baseline: approaches.baseline },
      workloads: ["by-email", "order", "miss", "read"] satisfies WorkloadName[],
    };
    assert.deepEqual(
      listClosedCells(asked).map(({ approach, workload }) => `${approach} ${workload}`),
      [
        "map miss",
        "map read",
        "sqlite by-email",
        "sqlite order",
        "sqlite miss",
        "sqlite read",
        "baseline read",
      ],
    );
    assert.deepEqual(listLeftOut(asked), [
      "by-email leaves out map: it does not answer it",
      "order leaves out map: it does not answer it",
      "by-email leaves out baseline: it does not answer it",
      "order leaves out baseline: it does not answer it",
      "miss leaves out baseline: it stores no users",
    ]);
  });
});

test("hand-made indexes give what going through all users gives, in whatever order users come", () => {
  const some = fc.array(
    fc.record({
      id: fc.uuid(),
      day: fc.integer({ min: 1, max: 9 }),
      local: fc.constantFrom("a", "b"),
      domain: fc.constantFrom("x.example", "y.example", "a@x.example"),
    }),
    { maxLength: 30 },
  );
  const limits = fc.integer({ min: 1, max: 10 });
  fc.assert(
    fc.property(some, fc.nat(30), limits, fc.integer({ min: 1, max: 10 }), (drawn, atStart, limit, day) => {
      const all = [...new Map(drawn.map((one) => [one.id, one])).values()].map(({ id, day, local, domain }) =>
        userWithId(id, { email: `${local}@${domain}`, created_at: `2026-01-0${day}T00:00:00.000Z` }),
      );
      const indexes = indexUsers(all.slice(0, atStart));
      for (const user of all.slice(atStart)) indexes.add(user);
      const list = (isWanted: (user: (typeof all)[number]) => boolean) =>
        all.filter(isWanted).sort(compareNewest).slice(0, limit);
      const time = `2026-01-${String(day).padStart(2, "0")}`;
      const { byEmail, byDomain, since, countSince } = indexes.questions;
      assert.deepEqual(
        indexes.listNewest(limit),
        list(() => true),
      );
      assert.deepEqual(
        byEmail("a@x.example", limit),
        list(({ email }) => email === "a@x.example"),
      );
      assert.deepEqual(
        byDomain("x.example", limit),
        list(({ email }) => /^[ab]@x\.example$/.test(email)),
      );
      assert.deepEqual(byEmail("nobody", limit), []);
      assert.deepEqual(
        since(time, limit),
        list(({ created_at }) => created_at >= time),
      );
      assert.equal(countSince(time), all.filter(({ created_at }) => created_at >= time).length);
    }),
  );
});

test("lines of code are counted without comments and blank lines, for every approach that answers all", () => {
  assert.equal(countLines("// a\n\n/** b\n * c */\nconst d = 1; // e\n  }\n"), 2);
  for (const [name, row] of Object.entries(approaches))
    if ("answers" in row && (row.answers as readonly string[]).includes("order"))
      assert.ok(readSources(name).every(({ lines }) => lines > 5) && readSources(name).length > 0, name);
});
