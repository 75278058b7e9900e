import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import fc from "fast-check";
import { type Metric, Registry } from "prom-client";
import { startDurationHistogram } from "../../services/http/duration-histogram.ts";
import { parseMetrics } from "../helpers/metrics.ts";

describe("the histogram of durations", () => {
  let nowMs: number;
  let histogram: ReturnType<typeof startDurationHistogram>;
  beforeEach(() => {
    nowMs = 1_000;
    mock.method(performance, "now", () => nowMs);
    histogram = startDurationHistogram();
  });
  afterEach(() => mock.restoreAll());

  /** Answers a request that took so long; of no route unless there is one. */
  function answer(durationMs: number, status = 200, route?: ReturnType<typeof histogram.addRoute>): void {
    const response = new histogram.Response(new IncomingMessage(new Socket()));
    if (route) response.routeSeries = route;
    response.statusCode = status;
    const startedMs = nowMs;
    nowMs += durationMs;
    response.end();
    nowMs = startedMs;
  }

  async function scrape(): Promise<{ text: string; values: Map<string, number> }> {
    const registry = new Registry();
    registry.registerMetric(histogram.metric as unknown as Metric);
    const text = await registry.metrics();
    return { text, values: parseMetrics(text) };
  }

  const keyOf = (part: string, labels: string) => `http_request_duration_seconds_${part}{${labels}}`;
  const UNMATCHED = 'method="any",route="unmatched",status="200"';

  /** Returns the cumulative counts of the unmatched requests by upper bound in seconds. */
  async function scrapeBuckets(): Promise<Map<number, number>> {
    const { values } = await scrape();
    const buckets = [...values].filter(([key]) => key.includes("_bucket") && key.includes(UNMATCHED));
    const boundOf = (key: string) => Number(/le="([^"]+)"/.exec(key)?.[1]?.replace("+Inf", "Infinity"));
    return new Map(buckets.map(([key, count]) => [boundOf(key), count]));
  }

  test("shows nothing before the first request, and says what it is", async () => {
    const { text, values } = await scrape();
    assert.equal(values.size, 0);
    assert.match(text, /^# HELP http_request_duration_seconds \S.*$/m);
    assert.match(text, /^# TYPE http_request_duration_seconds histogram$/m);
  });

  test("has ascending bounds, the last without end", async () => {
    answer(1);
    const bounds = [...(await scrapeBuckets()).keys()];
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(bounds).size, bounds.length);
    assert.equal(bounds.at(-1), Number.POSITIVE_INFINITY);
  });

  test("counts a duration in every bucket that ends at it or later", async () => {
    answer(0);
    const finite = [...(await scrapeBuckets()).keys()].filter(Number.isFinite);
    nowMs = 0;
    for (const seconds of finite) answer(seconds * 1000);
    answer(1e9);
    const buckets = await scrapeBuckets();
    for (const [index, bound] of finite.entries()) assert.equal(buckets.get(bound), index + 2, `le ${bound}`);
    assert.equal(buckets.get(Number.POSITIVE_INFINITY), finite.length + 2);
  });

  test("counts as many as a count by hand would, whatever the durations", async () => {
    const anyDurations = fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(anyDurations, async (durations) => {
        histogram = startDurationHistogram();
        nowMs = 0;
        for (const duration of durations) answer(duration);
        for (const [bound, count] of await scrapeBuckets()) {
          assert.equal(count, durations.filter((duration) => duration <= bound * 1000).length);
        }
        const { values } = await scrape();
        const seconds = durations.reduce((sum, duration) => sum + duration, 0) / 1000;
        assert.ok(Math.abs((values.get(keyOf("sum", UNMATCHED)) ?? Number.NaN) - seconds) < 1e-6);
        assert.equal(values.get(keyOf("count", UNMATCHED)), durations.length);
      }),
    );
  });

  test("keeps a series for each method, route and status", async () => {
    const read = histogram.addRoute("GET", "/users/:id");
    const create = histogram.addRoute("POST", "/users");
    answer(10, 200, read);
    answer(20, 200, read);
    answer(30, 404, read);
    answer(500, 201, create);
    answer(1, 404);
    const { values } = await scrape();
    const series = [...values.keys()].filter((key) => key.includes("_count{")).toSorted();
    const figuresOf = (labels: string) => ["count", "sum"].map((part) => values.get(keyOf(part, labels)));
    assert.equal(series.length, 4);
    assert.deepEqual(figuresOf('method="GET",route="/users/:id",status="200"'), [2, 0.03]);
    assert.deepEqual(figuresOf('method="GET",route="/users/:id",status="404"'), [1, 0.03]);
    assert.deepEqual(figuresOf('method="POST",route="/users",status="201"'), [1, 0.5]);
    assert.deepEqual(figuresOf('method="any",route="unmatched",status="404"'), [1, 0.001]);
  });
});
