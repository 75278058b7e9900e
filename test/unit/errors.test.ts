// What the service answers when its store fails, and what its operator sees of that.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DamagedData, StoreUnavailable, WritesUnsupported } from "../../services/storage/faults.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { ADA, type Answer, postBatch, startService, type TestService } from "../helpers/http.ts";
import { parseMetrics } from "../helpers/metrics.ts";

/** A store whose every method fails with this error, at once or by a promise. */
function failingStore(error: Error, isAsync: boolean): UserStore {
  const fail = (): never | Promise<never> => {
    if (isAsync) return Promise.reject(error);
    throw error;
  };
  return {
    findById: fail,
    insert: fail,
    insertMany: fail,
    check: fail,
    describe: fail,
    async [Symbol.asyncDispose]() {},
  };
}

type Request = (service: TestService) => Promise<Answer>;
const requests: readonly (readonly [route: string, request: Request])[] = [
  ["GET /users/:id", (service) => service.get("/users/a")],
  ["POST /users", (service) => service.post(ADA)],
  ["POST /users/batch", (service) => postBatch(service, [ADA, ADA])],
  ["GET /health", (service) => service.get("/health")],
  ["GET /info", (service) => service.get("/info")],
];

/** Registers a test for each route, over a store that throws and over one that rejects. */
function testEachRoute(what: string, error: Error, check: (answer: Answer, log: string[]) => void): void {
  for (const isAsync of [false, true])
    for (const [route, request] of requests)
      test(`${route} ${what}${isAsync ? ", later" : ""}`, async () => {
        await using service = await startService(failingStore(error, isAsync));
        const answer = await request(service);
        assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
        check(answer, service.log);
        await assertCounted(service, route, answer.status);
      });
}

async function assertCounted(service: TestService, route: string, status: number): Promise<void> {
  const [method, path] = route.split(" ");
  const key = `http_request_duration_seconds_count{method="${method}",route="${path}",status="${status}"}`;
  assert.equal(parseMetrics((await service.get("/metrics")).text).get(key), 1);
}

describe("a store that finds no descriptor left", () => {
  const error = Object.assign(new Error("EMFILE: too many open files, open '/data/users.jsonl'"), {
    code: "EMFILE",
  });
  testEachRoute(
    "answers 503 without the file's name, which the log has",
    error,
    ({ status, headers, text }, log) => {
      assert.deepEqual([status, text], [503, '{"error":"too many open files"}']);
      assert.equal(headers["retry-after"], "1");
      assert.match(log[0] ?? "", /users\.jsonl/);
    },
  );
});

describe("a store that is away", () => {
  const error = new StoreUnavailable("the database is away", { cause: new Error("connect 10.0.0.1:5432") });
  testEachRoute("answers 503, says why and when to try again", error, ({ status, headers, text }, log) => {
    assert.deepEqual([status, text], [503, '{"error":"the database is away"}']);
    assert.equal(headers["retry-after"], "1");
    assert.equal(log.length, 1);
    assert.match(log[0] ?? "", /^\/\w+.*: the database is away \(connect 10\.0\.0\.1:5432\)$/);
  });
});

describe("a store that cannot write", () => {
  const error = new WritesUnsupported("createUser is not supported");
  testEachRoute("answers 500 with the reason, which is no news for the operator", error, (answer, log) => {
    assert.deepEqual([answer.status, answer.text], [500, '{"error":"createUser is not supported"}']);
    assert.deepEqual(log, []);
  });
});

const faults = [
  new Error("ENOENT: no such file or directory, open '/data/users.jsonl'"),
  new DamagedData("/data/users.jsonl, line 3, byte 214: Unexpected end of JSON input"),
  Object.assign(new Error('column "secret" does not exist'), { code: "42703", query: "SELECT secret" }),
  new TypeError("undefined is not a function"),
  new Error(""),
];
for (const error of faults)
  describe(`a store that fails with: ${error.message || "nothing to say"}`, () => {
    testEachRoute("answers 500 and tells only the operator", error, ({ status, text, headers }, log) => {
      assert.deepEqual([status, text], [500, '{"error":"internal error"}']);
      assert.equal(headers["retry-after"], undefined);
      assert.equal(log.length, 1);
      assert.ok(log[0]?.endsWith(`: ${error.message}`), log[0]);
    });
  });

test("an id that exists is answered with 409", async () => {
  const store = { ...failingStore(new Error(), false), insert: () => "duplicate" as const };
  await using service = await startService(store);
  const { status, json, headers } = await service.post(ADA);
  assert.deepEqual([status, typeof json.error], [409, "string"]);
  assert.equal(headers["content-type"], "application/json; charset=utf-8");
});

test("a batch with an id that exists is answered with 409", async () => {
  const store = { ...failingStore(new Error(), false), insertMany: () => "duplicate" as const };
  await using service = await startService(store);
  const { status, json } = await postBatch(service, [ADA, ADA]);
  assert.deepEqual([status, typeof json.error], [409, "string"]);
});

test("an invalid body is answered with 400 before the store is asked", async () => {
  await using service = await startService(failingStore(new Error("asked"), false));
  assert.equal((await service.post({})).status, 400);
  assert.deepEqual(service.log, []);
});

test("a store that fails every request alike fills no log", async () => {
  await using service = await startService(failingStore(new StoreUnavailable("away"), true));
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => service.get(`/users/${i}`)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]));
  assert.equal(service.log.length, 1);
});

test("figures that fail at a scrape are answered like any other fault", async () => {
  let isBroken = false;
  const figures = () => {
    if (isBroken) throw new Error("/data is gone");
    return [{ name: "a_figure", help: "A figure.", value: 1 }];
  };
  await using service = await startService({ ...failingStore(new Error(), false), figures });
  assert.equal(parseMetrics((await service.get("/metrics")).text).get("a_figure"), 1);
  isBroken = true;
  const { status, text } = await service.get("/metrics");
  assert.deepEqual([status, text], [500, '{"error":"internal error"}']);
  assert.deepEqual(service.log, ["/metrics: /data is gone"]);
});
