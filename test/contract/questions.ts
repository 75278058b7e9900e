// What services/storage/questions.ts promises, asked over HTTP of one row of the table of approaches.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { seededOrders } from "../../k6/lib/shop.ts";
import { DEFAULT_SEED } from "../../k6/lib/users.ts";
import { takesOrders } from "../../lab/data/data-places.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { ORDER_QUESTIONS, USER_QUESTIONS } from "../../services/storage/questions.ts";
import type { User } from "../../services/storage/user.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { ADA, startService, type TestService } from "../helpers/http.ts";
import type { TestServer } from "../helpers/postgres.ts";
import { writeShop } from "../helpers/shop.ts";
import { prepareData, type StoreData } from "../helpers/stores.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

const SAME_TIME = "2023-03-04T05:06:07.008Z";
/** Users with one email, users of one time, ids that a language would put in another order, an email with two @. */
const users: readonly User[] = [
  ...someUsers(200),
  userWithId("a", { email: "twins@lab.example", created_at: SAME_TIME }),
  userWithId("B", { email: "twins@lab.example", created_at: SAME_TIME }),
  userWithId("_", { email: "zoë łukasz+1@ünï.example", created_at: SAME_TIME }),
  userWithId("two", { email: "two@signs@lab.example" }),
];
const buyer = someUsers(1)[0] as User;
const orders = Array.from({ length: 200 }, (_, user) => seededOrders(DEFAULT_SEED, user)).flat();
const SCARCE = 5;
const left = { "item-00": 1_000, scarce: SCARCE, gone: 0 };

const newestOf = (list: readonly User[], limit: number) =>
  list
    .toSorted(
      (a, b) =>
        Buffer.compare(Buffer.from(b.created_at), Buffer.from(a.created_at)) ||
        Buffer.compare(Buffer.from(b.id), Buffer.from(a.id)),
    )
    .slice(0, limit);
const countOrders = (id: string) => orders.filter(({ user_id }) => user_id === id).length;

/**
 * Registers the tests of one row.
 * @param getServer returns the server for rows that need a database, when a test runs
 */
export function testQuestions(approach: Approach, getServer: () => TestServer | undefined): void {
  const answers = approach.answers ?? [];
  let data: StoreData;
  let store: UserStore;
  let service: TestService;
  async function open(): Promise<void> {
    store = await data.open();
    service = await startService(store, { durability: approach.durability });
  }
  async function close(): Promise<void> {
    await service[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  }
  before(async () => {
    data = await prepareData(approach, users, getServer());
    if (takesOrders(approach)) await writeShop(approach, data.options, { orders, left });
    await open();
  });
  after(async () => {
    await close();
    data[Symbol.dispose]();
  });
  const place = (user_id: string, item_id: string) =>
    service.send("POST", "/orders", JSON.stringify({ user_id, item_id }));

  test("answers the questions of its row, and no others", async () => {
    assert.deepEqual(Object.keys(store.questions ?? {}).sort(), [...answers].sort());
    const requests = {
      byEmail: "GET /users?email=a@example.com",
      byDomain: "GET /users?emailDomain=example.com",
      since: "GET /users?createdSince=2024-01-01",
      countSince: "GET /users/count?createdSince=2024-01-01",
      ordersOfUser: `GET /users/${buyer.id}/orders/count`,
      ordersByUser: "GET /users/orders/count",
    };
    for (const [question, request] of Object.entries(requests)) {
      const { status, json } = await service.send(...(request.split(" ") as [string, string]));
      const isAnswered = (answers as string[]).includes(question);
      assert.equal(status, isAnswered ? 200 : 501, request);
      if (!isAnswered) assert.match(json.error, new RegExp(`^${question} is not answered by `));
    }
    if (!answers.includes("order")) assert.equal((await place(buyer.id, "item-00")).status, 501);
  });

  test("refuses what is no question", async () => {
    const wrong: [string, string][] = [
      ["/users", ""],
      ["/users?limit=5", ""],
      ["/users?email=a@b.c&emailDomain=b.c", ""],
      ["/users?emailDomain=b.c&limit=0", "limit"],
      ["/users?emailDomain=b.c&limit=101", "limit"],
      ["/users?emailDomain=b.c&limit=5&limit=6", "limit"],
      ["/users?createdSince=yesterday", "createdSince"],
      ["/users?email=", "email"],
      ["/users?email=a%00b@example.com", "email"],
      ["/users?name=Ada", "name"],
      ["/users/count", "createdSince"],
      ["/users/orders/count?limit=x", "limit"],
    ];
    for (const [path, at] of wrong) {
      const { status, json } = await service.get(path);
      assert.deepEqual([status, json[0].path], [400, at], path);
    }
    for (const body of [{}, { user_id: buyer.id }, { user_id: buyer.id, item_id: 7 }])
      assert.equal((await service.send("POST", "/orders", JSON.stringify(body))).status, 400);
  });

  if (USER_QUESTIONS.every((question) => answers.includes(question)))
    describe("questions about users", () => {
      const listed = async (query: string) => (await service.get(`/users?${query}`)).json.users;

      test("finds all users of an email, the newest first", async () => {
        for (const user of users) {
          const expected = newestOf(
            users.filter(({ email }) => email === user.email),
            50,
          );
          assert.deepEqual(await listed(`email=${encodeURIComponent(user.email)}`), expected);
        }
        for (const nobody of ["nobody@example.com", "user1@", "%", "USER1@EXAMPLE.COM", "' OR '1'='1"])
          assert.deepEqual(await listed(`email=${encodeURIComponent(nobody)}`), []);
      });

      test("finds the newest users of a domain", async () => {
        for (const domain of ["example.com", "lab.example", "ünï.example", "signs@lab.example", "com", "%"]) {
          const all = users.filter(({ email }) => email.slice(email.indexOf("@") + 1) === domain);
          for (const limit of [1, 7, 100])
            assert.deepEqual(
              await listed(`emailDomain=${encodeURIComponent(domain)}&limit=${limit}`),
              newestOf(all, limit),
            );
        }
      });

      test("finds and counts the users since a time, the very moment included", async () => {
        const newest = newestOf(users, 1)[0] as User;
        for (const time of ["2019-01-01", "2023-03-04", SAME_TIME, newest.created_at, "2999-01-01"]) {
          const all = users.filter(({ created_at }) => created_at >= time);
          assert.deepEqual(await listed(`createdSince=${time}`), newestOf(all, 50), time);
          assert.deepEqual(await listed(`createdSince=${time}&limit=3`), newestOf(all, 3), time);
          const { json } = await service.get(`/users/count?createdSince=${time}`);
          assert.deepEqual(json, { count: all.length }, time);
        }
      });
    });

  if (ORDER_QUESTIONS.every((question) => answers.includes(question)))
    describe("questions about orders", () => {
      test("counts the orders of a user", async () => {
        for (const { id } of users) {
          const { json } = await service.get(`/users/${encodeURIComponent(id)}/orders/count`);
          assert.deepEqual(json, { count: countOrders(id) });
        }
        for (const id of ["nobody", "%00", "%25"])
          assert.equal((await service.get(`/users/${id}/orders/count`)).status, 404);
      });

      test("lists the newest users with their numbers of orders", async () => {
        for (const limit of [1, 100])
          assert.deepEqual((await service.get(`/users/orders/count?limit=${limit}`)).json, {
            users: newestOf(users, limit).map(({ id, name }) => ({ id, name, orders: countOrders(id) })),
          });
      });

      test("takes an order, of which nothing is there where it is refused", async () => {
        const { status, json } = await place(buyer.id, "item-00");
        assert.equal(status, 201);
        assert.deepEqual(Object.keys(json), ["id", "user_id", "item_id", "created_at"]);
        assert.deepEqual([json.user_id, json.item_id], [buyer.id, "item-00"]);
        assert.equal((await place("nobody", "item-00")).status, 404);
        assert.equal((await place(buyer.id, "no-item")).status, 404);
        assert.equal((await place(buyer.id, "gone")).status, 409);
        const { json: counted } = await service.get(`/users/${buyer.id}/orders/count`);
        assert.deepEqual(counted, { count: countOrders(buyer.id) + 1 });
      });

      test("sells no more than there is, to many at once, and knows it after a restart", async () => {
        const buyers = someUsers(20);
        const outcomes = await Promise.all(buyers.map(({ id }) => place(id, "scarce")));
        const sold = outcomes.filter(({ status }) => status === 201);
        assert.equal(sold.length, SCARCE);
        assert.equal(outcomes.filter(({ status }) => status === 409).length, buyers.length - SCARCE);
        await close();
        await open();
        assert.equal((await place(buyer.id, "scarce")).status, 409);
        for (const { json } of sold) {
          const { json: counted } = await service.get(`/users/${json.user_id}/orders/count`);
          const own = json.user_id === buyer.id ? 2 : 1;
          assert.deepEqual(counted, { count: countOrders(json.user_id) + own });
        }
      });

      test("knows a user who was created since", async () => {
        const { json: created } = await service.post(ADA);
        const { json: found } = await service.get(`/users?email=${ADA.email}`);
        assert.deepEqual(found, { users: [created] });
        const { json: newest } = await service.get("/users/orders/count?limit=1");
        assert.deepEqual(newest.users, [{ id: created.id, name: created.name, orders: 0 }]);
        assert.equal((await place(created.id, "item-00")).status, 201);
      });
    });
}
