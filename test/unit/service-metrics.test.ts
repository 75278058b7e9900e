import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseUsage } from "../../lab/targets/service-metrics.ts";

const PROCESS =
  '# TYPE x counter\nprocess_cpu_seconds_total 1.25\nprocess_resident_memory_bytes 5e7\nservice_instance_info{id="ab-1"} 1\n';
const series = (labels: string, counts: readonly [number, number, number], sum: number) =>
  [
    `http_request_duration_seconds_bucket{le="0.001",${labels}} ${counts[0]}`,
    `http_request_duration_seconds_bucket{le="0.0025",${labels}} ${counts[1]}`,
    `http_request_duration_seconds_bucket{le="+Inf",${labels}} ${counts[2]}`,
    `http_request_duration_seconds_sum{${labels}} ${sum}`,
    `http_request_duration_seconds_count{${labels}} ${counts[2]}\n`,
  ].join("\n");

describe("a service's usage", () => {
  test("is read from its metrics", () => {
    assert.deepEqual(parseUsage(PROCESS), {
      cpuMicros: 1_250_000,
      rssBytes: 5e7,
      instance: "ab-1",
      durations: { count: 0, sumMs: 0, cumulative: [] },
    });
  });

  test("names a figure that is missing", () => {
    assert.throws(() => parseUsage("process_cpu_seconds_total 1\n"), /process_resident_memory_bytes/);
    assert.throws(() => parseUsage(PROCESS.replace("_info", "")), /lack service_instance_info/);
  });

  test("has the requests to the users' routes, whatever their method and status, and no others", () => {
    const page = [
      PROCESS,
      series('method="GET",route="/users/:id",status="200"', [5, 8, 10], 0.02),
      series('method="GET",route="/users/:id",status="404"', [1, 1, 1], 0.001),
      series('method="POST",route="/users",status="201"', [0, 3, 4], 0.01),
      series('method="GET",route="/health",status="200"', [70, 70, 70], 0.7),
    ].join("");
    const { durations } = parseUsage(page);
    assert.equal(durations.count, 15);
    assert.equal(Math.round(durations.sumMs), 31);
    assert.deepEqual(durations.cumulative, [
      { upToMs: 1, count: 6 },
      { upToMs: 2.5, count: 12 },
      { upToMs: Number.POSITIVE_INFINITY, count: 15 },
    ]);
  });
});
