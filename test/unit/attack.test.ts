// What judges services under attack.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { attacks } from "../../lab/attack/attacks.ts";
import { takeAnswers } from "../../lab/attack/pipe.ts";
import { estimateGrowth, isFlat, type Sample } from "../../lab/attack/soak.ts";
import { count, isFault, leaks, listWrong, startTally } from "../../lab/attack/tally.ts";
import { MAX_BATCHES, planLimits } from "../../services/http/limits.ts";

describe("answers are taken from what a connection brings", () => {
  const answers = [
    [200, '{"id":"a"}'],
    [503, '{"error":"no"}'],
    [201, ""],
  ] as const;
  const text = answers
    .map(([status, body]) => `HTTP/1.1 ${status} X\r\nA: b\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    .join("");

  test("however it is cut into pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (places) => {
        const taken: [number, string][] = [];
        let rest = "";
        let from = 0;
        for (const to of [...places, text.length].toSorted((a, b) => a - b)) {
          rest = takeAnswers(rest + text.slice(from, to), (status, body) => taken.push([status, body]));
          from = to;
        }
        assert.deepEqual([taken, rest], [answers, ""]);
      }),
    );
  });
});

describe("an answer is counted as", () => {
  const request = {
    method: "GET",
    path: "/",
    body: null,
    status: 200,
    isRightBody: (body: string) => body === "a",
  } as const;
  const counted = (status: number, body: string) => {
    const tally = startTally();
    count(tally, request, status, body);
    return [tally.right, tally.refused, listWrong(tally).length];
  };
  test("right", () => assert.deepEqual(counted(200, "a"), [1, 0, 0]));
  test("refused", () => assert.deepEqual(counted(503, '{"error":"away"}'), [0, 1, 0]));
  test("wrong by its body", () => assert.deepEqual(counted(200, "b"), [0, 0, 1]));
  test("wrong by its status", () => assert.deepEqual(counted(500, "a"), [0, 0, 1]));
  test("wrong when a refusal says too much", () =>
    assert.deepEqual(counted(503, '{"error":"open /data/users.jsonl"}'), [0, 0, 1]));
  test("wrong when a refusal is no JSON", () => assert.deepEqual(counted(503, "away"), [0, 0, 1]));
});

describe("the inside of a service", () => {
  const inside = [
    "Error: x\n    at open (/app/x.ts:1:2)",
    "node:internal/fs",
    "/lab/node_modules/fastify",
    "EACCES: /data/users.jsonl",
    "postgres://lab:lab@h/d",
  ];
  for (const text of inside) test(`is seen in ${JSON.stringify(text)}`, () => assert.ok(leaks(text)));
  test("is not in our errors", () => {
    for (const error of [
      "not found",
      "the database is away",
      "too many requests at once",
      "createUser is not supported by binary",
    ])
      assert.ok(isFault(JSON.stringify({ error })));
  });
});

describe("a figure of a soak", () => {
  const sample = (memoryOf: (part: number) => number): Sample[] =>
    Array.from({ length: 120 }, (_, index) => ({
      atMs: index * 5_000,
      memoryBytes: memoryOf(index / 120) + ((index * 7919) % 13) * 1e5,
      descriptors: 30,
      latencyMs: 1,
    }));
  const growthOf = (samples: readonly Sample[]) => estimateGrowth(samples, ({ memoryBytes }) => memoryBytes);

  test("that only scatters is flat", () => assert.ok(isFlat(growthOf(sample(() => 1e8)))));
  test("that never changes is flat", () => {
    const growth = estimateGrowth(
      sample(() => 1e8),
      ({ descriptors }) => descriptors,
    );
    assert.deepEqual([growth.value, isFlat(growth)], [0, true]);
  });
  test("that grows by half is not, and by how much is told", () => {
    const growth = growthOf(sample((part) => 1e8 * (1 + part / 2)));
    assert.ok(!isFlat(growth));
    assert.ok(Math.abs(growth.value - 0.4) < 0.02, `${growth.value}`);
  });
  test("that rose once, at the beginning, is not called flat by its end alone", () => {
    assert.ok(growthOf(sample((part) => (part < 0.2 ? 1e8 : 2e8))).value > 0.1);
  });
});

describe("limits by the descriptors that there are", () => {
  test("never take more than there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 2_000_000 }), (openFiles) => {
        const { connections, inFlight } = planLimits(openFiles);
        assert.ok(connections + 2 * inFlight <= openFiles * (7 / 8));
        assert.ok(connections > 0 && inFlight > 0);
      }),
    );
  });
  test("are those of the documents where there are plenty", () => {
    assert.deepEqual(planLimits(Number.POSITIVE_INFINITY), { connections: 12_000, inFlight: 1_024 });
    assert.deepEqual([planLimits(20_000), MAX_BATCHES], [{ connections: 12_000, inFlight: 1_024 }, 256]);
  });
});

test("attacks have names and summaries of their own", () => {
  for (const key of ["name", "summary"] as const)
    assert.equal(new Set(attacks.map((attack) => attack[key])).size, attacks.length);
});
