// A report with everything that a page can show: several sizes and workloads, both loads, trials made again, failures,
// names that are too long, claims and counts.
import type { Claim, ClaimVerdict } from "../../lab/lesson/claim.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { RunData } from "../../lab/measure/results.ts";
import type { Report } from "../../lab/report/html/page.ts";
import { mainApproaches } from "../../services/approaches/index.ts";
import { histogramOf } from "./histograms.ts";
import { countsWith, environment, measurementWith } from "./measurements.ts";

const LONG = "<img src=x onerror=alert(1)> a-store-with-a-very-long-name";
const NAMES = [...mainApproaches, LONG];
const BLOCKS = 5;
const SIZES = [10_000, 100_000, 1_000_000];

/** What one request takes a service, in ms of its core: each approach more than the one before it. */
function costOf(approach: string, size: number): number {
  return 0.02 * 1.9 ** NAMES.indexOf(approach) * (approach === "linear" ? size / 400 : 1);
}

function trialsOf(size: number, workload: string): Measurement[] {
  return NAMES.flatMap((approach, place) =>
    Array.from({ length: BLOCKS }, (_, index) => {
      const serviceMs = costOf(approach, size) * (1 + ((index * 7 + place * 3) % 5) / 20);
      const latencies = Array.from(
        { length: 2_000 },
        (_, request) => serviceMs * 50 * (0.5 + (request / 1_000) ** 3),
      );
      return measurementWith({
        approach,
        workload,
        size,
        block: index + 1,
        trial: 1 + place * BLOCKS + index,
        requests: 2_000,
        requestsPerSecond: 1_000 / serviceMs,
        serverCpuMicrosPerRequest: serviceMs * 950,
        ...(approach === "postgres" && { databaseCpuMicrosPerRequest: serviceMs * 400 }),
        latencyHistogram: histogramOf(latencies),
        serverRssBytes: 100e6 + (approach === "map" ? size * 400 : 0),
        startupMs: 300 + (approach === "map" ? size / 300 : 0),
        canaryMs: index === 1 ? 20 : 10,
        verdict: approach === "baseline" ? "client-limited" : "server-limited",
        impliedRequestsPerSecond: 1_100 / serviceMs,
        ...(approach === "sqlite" &&
          index === 2 && { error: "the service ended: out of <memory>", verdict: "invalid" }),
      });
    }),
  );
}

function openTrials(closed: readonly Measurement[]): Measurement[] {
  return ["common", "25%", "50%", "75%"].flatMap((rate) =>
    closed.map((trial) => ({
      ...trial,
      load: "open" as const,
      rate,
      targetRequestsPerSecond: 70,
      generator: "k6",
      verdict: "unlimited" as const,
    })),
  );
}

function runOf(size: number): RunData {
  const read = trialsOf(size, "read");
  const first = size === SIZES[0];
  const measurements = first
    ? [
        ...read,
        ...read
          .filter(({ approach }) => approach === "baseline")
          .map((trial) => ({ ...trial, isAgain: true as const, generator: "wrk" })),
        ...trialsOf(size, "create").filter(({ approach }) => approach !== "binary"),
        ...openTrials(read),
      ]
    : read;
  const counts = NAMES.map((approach) => countsWith({ approach, size, systemCalls: 2 + approach.length }));
  return {
    environment: { ...environment, run: `${environment.run}-${size}`, size, blocks: BLOCKS },
    measurements: measurements.toSorted((a, b) => a.block - b.block),
    counts,
  };
}

const VERDICTS: readonly ClaimVerdict[] = ["holds", "does not hold", "cannot tell here", "not measured"];

export function fullReport(): Report {
  const claims = VERDICTS.map(
    (verdict, index): Claim => ({
      id: `${index + 1}a`,
      topic: index < 2 ? "reading" : "writing, several processes",
      claim: `${LONG}: throughput is flat from 10,000 to 1,000,000 users`,
      measured:
        verdict === "not measured"
          ? ""
          : "0.98 (0.91 to 1.02) from 10,000 to 1,000,000 users, of seven blocks",
      verdict,
      why: "The interval lies inside the range that the claim allows, and outside of what would contradict it.",
    }),
  );
  return { runs: SIZES.map(runOf), claims };
}
