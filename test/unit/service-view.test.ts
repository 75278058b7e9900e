import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findDisagreement, viewService } from "../../lab/measure/service-view.ts";
import type { RequestDurations } from "../../lab/targets/service-metrics.ts";

const usageWith = (count: number, sumMs: number, counts: readonly [number, number, number]) => {
  const bounds = [1, 2.5, Number.POSITIVE_INFINITY];
  const cumulative = bounds.map((upToMs, index) => ({ upToMs, count: counts[index] as number }));
  const durations: RequestDurations = { count, sumMs, cumulative };
  return { cpuMicros: 0, rssBytes: 0, instance: "one", durations };
};

describe("the window as the service saw it", () => {
  test("is the difference of two looks", () => {
    const view = viewService(usageWith(10, 10, [10, 10, 10]), usageWith(110, 160, [70, 109, 110]));
    assert.deepEqual(view, { requests: 100, latencyMs: { mean: 1.5, p50: 1, p99: 2.5 } });
  });

  test("has no bound for a percentile beyond the last bucket", () => {
    const none = { ...usageWith(0, 0, [0, 0, 0]), durations: { count: 0, sumMs: 0, cumulative: [] } };
    const view = viewService(none, usageWith(100, 900, [50, 90, 100]));
    assert.deepEqual(view.latencyMs, { mean: 9, p50: 1, p99: null });
  });
});

describe("service and load generator", () => {
  const latencyMs = { mean: 2, p50: 2, p90: 2, p99: 2, p999: 2, max: 2 };
  const report = { requests: 1_000, errors: {}, unfinished: 0, latencyMs };
  const seen = (requests: number, mean = 1) => ({ requests, latencyMs: { mean, p50: 1, p99: 1 } });

  test("agree when they count the same, and the service takes less than its client waits", () => {
    assert.equal(findDisagreement(report, seen(1_000), 0), undefined);
    assert.equal(findDisagreement(report, seen(1_000, 2.1), 0), undefined);
  });

  test("disagree by a single request", () => {
    assert.match(findDisagreement(report, seen(999), 0) ?? "", /service counted 999 .* load generator 1000/);
    assert.match(findDisagreement(report, seen(1_001), 0) ?? "", /counted 1001/);
  });

  test("need not agree about wrong, unfinished and cut off requests", () => {
    const troubled = { ...report, errors: { "status 500": 3 }, unfinished: 2 };
    assert.equal(findDisagreement(troubled, seen(1_000), 0), undefined);
    assert.equal(findDisagreement(troubled, seen(1_005), 0), undefined);
    assert.match(findDisagreement(troubled, seen(1_006), 0) ?? "", /counted 1006/);
    assert.equal(findDisagreement(report, seen(1_050), 50), undefined);
    assert.match(findDisagreement(report, seen(1_051), 50) ?? "", /counted 1051/);
  });

  test("disagree when the client claims to have waited less than the service took", () => {
    assert.match(findDisagreement(report, seen(1_000, 3), 0) ?? "", /took 3.000 ms .* waited 2.000 ms/);
    const slowOnesCutOff = { ...report, requests: 100 };
    assert.equal(findDisagreement(slowOnesCutOff, seen(150, 3), 50), undefined);
  });
});
