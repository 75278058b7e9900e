import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { createFaultLog } from "../../services/http/fault-log.ts";

describe("a fault log", () => {
  let nowMs: number;
  let lines: string[];
  let onFault: ReturnType<typeof createFaultLog>;
  beforeEach(() => {
    nowMs = 5_000;
    lines = [];
    onFault = createFaultLog(
      (line) => lines.push(line),
      () => nowMs,
    );
  });
  const away = new Error("away");

  test("writes the first fault of a kind at once, with its URL", () => {
    onFault(away, "/users/a");
    assert.deepEqual(lines, ["/users/a: away"]);
  });

  test("holds the others of an interval, and counts them with the next", () => {
    for (let i = 0; i < 10; i++) onFault(away, `/users/${i}`);
    nowMs += 999;
    onFault(away, "/users/10");
    assert.equal(lines.length, 1);
    nowMs += 1;
    onFault(away, "/users/11");
    assert.deepEqual(lines.slice(1), ["/users/11: away; 10 more of these since the last"]);
  });

  test("counts from nothing after each line", () => {
    for (let i = 0; i < 3; i++) {
      onFault(away, `/users/${i}`);
      nowMs += 1_000;
    }
    assert.deepEqual(lines, ["/users/0: away", "/users/1: away", "/users/2: away"]);
  });

  test("keeps kinds apart, by message and cause", () => {
    onFault(away, "/a");
    onFault(new Error("gone"), "/b");
    onFault(new Error("away", { cause: new Error("connect ECONNREFUSED") }), "/c");
    onFault(away, "/d");
    assert.deepEqual(lines, ["/a: away", "/b: gone", "/c: away (connect ECONNREFUSED)"]);
  });

  test("names a cause that has a code and no message, as of a host with two addresses", () => {
    const cause = Object.assign(new AggregateError([new Error("::1"), new Error("127.0.0.1")]), {
      code: "ECONNREFUSED",
    });
    onFault(new Error("away", { cause }), "/a");
    assert.deepEqual(lines, ["/a: away (ECONNREFUSED)"]);
  });

  test("writes one line, whatever the message", () => {
    onFault(new Error("first\nsecond\r\nthird"), "/a");
    assert.deepEqual(lines, ["/a: first second third"]);
  });

  test("cuts long URLs", () => {
    onFault(away, `/users/${"x".repeat(10_000)}`);
    assert.ok((lines[0]?.length ?? Number.POSITIVE_INFINITY) < 300);
  });

  test("writes every fault that is the only one of its kind, however many there were", () => {
    for (let i = 0; i < 3_000; i++) onFault(new Error(`line ${i} is damaged`), "/a");
    assert.equal(lines.length, 3_000);
  });
});
