import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRead, judgeRefusal } from "../../lab/writers/operations.ts";

const busy = { status: 503, body: '{"error":"SQLITE_BUSY: another process holds the lock"}' };
const away = { status: 503, body: '{"error":"the database is away"}' };

test("a lock that was not got, and a fault of the client, have stored nothing", () => {
  assert.deepEqual(judgeRefusal(busy), { outcome: "fail", error: "SQLITE_BUSY" });
  assert.deepEqual(judgeRefusal({ status: 409, body: "{}" }), { outcome: "fail", error: "status 409" });
});

test("of everything else nobody knows", () => {
  assert.deepEqual(judgeRefusal(away), { outcome: "unknown", error: "the database is away" });
  assert.deepEqual(judgeRefusal({ status: 500, body: "" }), { outcome: "unknown", error: "status 500" });
  assert.deepEqual(judgeRefusal({ status: 503, body: "<html>" }), {
    outcome: "unknown",
    error: "status 503",
  });
  assert.deepEqual(judgeRefusal({ error: "ECONNRESET" }), { outcome: "unknown", error: "ECONNRESET" });
  assert.deepEqual(judgeRefusal({ status: 201, body: "{}" }), { outcome: "unknown", error: "wrong body" });
});

test("a read has found the user, or something else, or nothing, or was not answered", () => {
  const body = '{"id":"a"}';
  assert.deepEqual(judgeRead({ status: 200, body }, body), { outcome: "found" });
  assert.deepEqual(judgeRead({ status: 200, body: '{"id":"a' }, body), { outcome: "wrong" });
  assert.deepEqual(judgeRead({ status: 404, body: "" }, body), { outcome: "missing" });
  assert.deepEqual(judgeRead(busy, body), { outcome: "fail", error: "SQLITE_BUSY" });
  assert.deepEqual(judgeRead({ error: "timeout" }, body), { outcome: "fail", error: "timeout" });
});
