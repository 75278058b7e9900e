import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { countCalls } from "../../lab/measure/call-counts.ts";
import type { SystemCall } from "../../lab/measure/syscall-trace.ts";

const call = (name: string, target: SystemCall["target"], result = 0, text = ""): SystemCall => ({
  name,
  target,
  text,
  result,
});
const mark = call("read", "socket", 60, "GET /counting HTTP/1.1\\r\\n");
const ask = call("read", "socket", 69, "GET /users/06f0 HTTP/1.1\\r\\n");
const post = call("read", "socket", 90, "POST /users HTTP/1.1\\r\\n");
const answer = call("write", "socket", 300, "HTTP/1.1 200 OK\\r\\n");

describe("counting between two marks", () => {
  test("begins with the first request that is read, and ends before the mark behind them", () => {
    const stray = call("close", "file");
    const calls = [ask, answer, mark, answer, stray, ask, answer, ask, answer, mark, answer, stray];
    const counts = countCalls(calls, 2);
    assert.equal(counts.systemCalls, 2);
    assert.deepEqual(counts.systemCallsByName, { read: 1, write: 1 });
  });

  test("takes the last pair of marks", () => {
    const calls = [mark, answer, ask, answer, mark, answer, mark, answer, ask, ask, ask, mark];
    assert.equal(countCalls(calls, 3).systemCalls, 1);
  });

  test("adds up bytes of files, not of sockets, and nothing for what failed", () => {
    const calls = [
      call("pread64", "file", 58),
      call("read", "file", 1_000),
      call("read", "file", -1),
      call("read", "file", 0),
      call("pwrite64", "file", 24),
      call("writev", "file", 4_096),
      call("read", "other", 8),
    ];
    const counts = countCalls([mark, answer, post, ...calls, answer, mark], 1);
    assert.equal(counts.fileReadBytes, 1_058);
    assert.equal(counts.fileWrittenBytes, 4_120);
    assert.equal(counts.systemCalls, 8);
  });

  test("counts syncs of every kind, also those that name no file", () => {
    const syncs = ["fsync", "fdatasync", "sync_file_range"].map((name) => call(name, "file"));
    const counts = countCalls([mark, answer, post, ...syncs, call("msync", "other"), answer, mark], 1);
    assert.equal(counts.syncs, 4);
    assert.equal(counts.systemCallsByName.msync, 1);
  });

  test("lists the most frequent first", () => {
    const calls = [
      mark,
      answer,
      ask,
      call("close", "file"),
      call("pread64", "file"),
      call("pread64", "file"),
    ];
    const names = Object.keys(countCalls([...calls, answer, mark], 1).systemCallsByName);
    assert.deepEqual(names, ["pread64", "close", "read", "write"]);
  });

  test("does not take a request of the service's own for one to it", () => {
    const asksItself = call("write", "socket", 40, "GET /elsewhere HTTP/1.1\\r\\n");
    assert.equal(countCalls([mark, answer, ask, asksItself, answer, mark], 1).systemCalls, 3);
  });

  test("fails when the trace does not show what was asked", () => {
    assert.throws(() => countCalls([mark, answer, ask, answer, mark], 2), /strace shows 1 of 2 requests/);
    assert.throws(() => countCalls([mark, answer, ask, answer], 1), /strace shows/);
    assert.throws(() => countCalls([], 1), /strace shows 0 of 1 requests/);
  });
});
