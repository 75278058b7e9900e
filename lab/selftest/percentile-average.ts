// Planted mistake: an average of percentiles. The 99th percentile of a run is that of all its requests; the average of its
// blocks' own says something else, and nothing that anybody waited.
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { buildLatencies, summarizeLatencies } from "../load/latencies.ts";
import { NOTHING_MEASURED } from "../measure/figures.ts";
import type { Measurement } from "../measure/measurement.ts";
import { summarize } from "../report/summary.ts";
import type { Check } from "./check.ts";

const QUICK_MS = 10;
const SLOW_MS = 1_000;
/** Of the histograms, which keep three digits. */
const TOLERANCE = 0.01;

/** Two blocks: one of 10,000 quick requests alone, and one of which all are slow. */
const CASES = [
  { slowRequests: 1_000, p99Ms: SLOW_MS, because: "9 % of all requests were slow" },
  { slowRequests: 50, p99Ms: QUICK_MS, because: "0.5 % of all requests were slow" },
];
const QUICK_REQUESTS = 10_000;

/** Returns the 99th percentile of a run. */
type FindP99 = (blocks: readonly Measurement[]) => number | undefined;

const findAsTheReport: FindP99 = (blocks) => summarize(blocks, "read")[0]?.latencyMs.p99?.value;

/** The mistake. */
export const averagePercentiles: FindP99 = (blocks) =>
  blocks.reduce((sum, { latencyMs }) => sum + latencyMs.p99, 0) / blocks.length;

export function checkPercentileAverage(findP99: FindP99 = findAsTheReport): Check {
  const describe = (p99s: readonly (number | undefined)[]) =>
    p99s.map((p99) => p99?.toFixed(0)).join(" and ");
  return {
    name: "percentile-average",
    expected:
      `the report's p99 is ${describe(CASES.map(({ p99Ms }) => p99Ms))} ms ` +
      `(${CASES.map(({ because }) => because).join("; ")})`,
    durationMs: 100,
    run() {
      const answers = CASES.map(({ slowRequests, p99Ms }) => {
        const blocks = [makeBlock(1, QUICK_REQUESTS, QUICK_MS), makeBlock(2, slowRequests, SLOW_MS)];
        return { expected: p99Ms, found: findP99(blocks), mistaken: averagePercentiles(blocks) };
      });
      return {
        passed: answers.every(
          ({ expected, found = Number.NaN }) => Math.abs(found / expected - 1) <= TOLERANCE,
        ),
        measured:
          `${describe(answers.map(({ found }) => found))} ms; ` +
          `the averages would be ${describe(answers.map(({ mistaken }) => mistaken))} ms`,
        data: answers,
      };
    },
  };
}

function makeBlock(block: number, requests: number, latencyMs: number): Measurement {
  const latencies = buildLatencies();
  latencies.recordValueWithCount(latencyMs * 1000, requests);
  return {
    ...NOTHING_MEASURED,
    block,
    requests,
    trial: block,
    approach: "map",
    workload: "read",
    size: 1_000,
    load: "closed",
    startedAt: "",
    endedAt: "",
    durability: "nothing",
    generator: "builtin",
    connections: 1,
    verdict: "mixed",
    latencyMs: summarizeLatencies(latencies),
    latencyHistogram: encodeIntoCompressedBase64(latencies),
  };
}
