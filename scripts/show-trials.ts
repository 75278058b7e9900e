// What the bench says while it runs, on stderr.
import type { Measurement } from "../lab/measure/measurement.ts";
import type { RequestCounts } from "../lab/measure/request-counts.ts";
import type { RunPlan, RunTools } from "../lab/measure/run.ts";
import { formatCount, formatExact, formatMicros, formatMs, formatWait } from "../lab/report/format.ts";
import { showPhases } from "./show-progress.ts";

/** Of a trial, beside its window and its warm-up: processes start and stop. For the first estimate only. */
const TRIAL_OVERHEAD_MS = 1_000;

export interface ToldRun extends Disposable {
  readonly listeners: Pick<
    RunTools,
    "onPreparing" | "onReady" | "onTrial" | "onPrecise" | "onCounts" | "onNotCounted"
  >;
  /** How many have ended so far. */
  readonly trials: () => number;
  /** Those of them that failed, and did not succeed when they were made again: which, and why. */
  readonly failures: () => readonly string[];
}

/** Tells how far a run is. @param dashboards their address, where they watch */
export function tellRun(plan: RunPlan, dashboards: string | undefined): ToldRun {
  const preparing = showPhases();
  const preparedFromMs = performance.now();
  let startedMs = 0;
  let [count, ended, wasFailed] = [0, 0, false];
  const failed: string[] = [];
  return {
    listeners: {
      onPreparing: preparing.update,
      onReady(trials) {
        preparing[Symbol.dispose]();
        count = trials;
        startedMs = performance.now();
        const estimateMs = trials * (plan.durationMs + plan.warmupMs + TRIAL_OVERHEAD_MS);
        if (dashboards !== undefined) console.error(`watch: ${dashboards}`);
        console.error(
          `data ready in ${formatMs(startedMs - preparedFromMs)}; ${trials} trials, about ${formatWait(estimateMs)}`,
        );
      },
      onTrial(measurement) {
        const isFailed = measurement.error !== undefined;
        // Made again and good is not failed. Nobody knows before which trials are made again.
        if (measurement.isAgain) count++;
        if (isFailed && !measurement.isAgain) failed.push(nameFailure(measurement));
        else if (measurement.isAgain && wasFailed && !isFailed) failed.pop();
        wasFailed = isFailed;
        ended++;
        const leftMs = ((performance.now() - startedMs) / ended) * (count - ended);
        console.error(`[${ended}/${count}] ${describeTrial(measurement)}; ${formatWait(leftMs)} left`);
      },
      onPrecise: (blocks) => console.error(`precise enough after ${blocks} blocks`),
      onCounts: (counts) => console.error(describeCounts(counts)),
      onNotCounted: (why) => console.error(`system calls not counted: ${why}`),
    },
    trials: () => ended,
    failures: () => failed,
    [Symbol.dispose]: () => preparing[Symbol.dispose](),
  };
}

export function describeCounts({ approach, workload, systemCalls }: RequestCounts): string {
  return `counted: ${workload} ${approach}, ${formatExact(systemCalls)} system calls per request`;
}

/** In one line: what a service said when it ended may be many. */
function nameFailure({ workload, approach, error = "" }: Measurement): string {
  return `${workload} ${approach}: ${error.split("\n", 1)}`;
}

export function describeTrial(measurement: Measurement): string {
  const { approach, workload, error, requestsPerSecond, latencyMs, serverCpuMicrosPerRequest } = measurement;
  const { rate, isAgain, generator } = measurement;
  const how = rate !== undefined ? ` (open, ${rate})` : isAgain ? ` (again, by ${generator})` : "";
  const name = `${workload} ${approach}${how}`.padEnd(15);
  if (error !== undefined) return `${name} failed: ${error}`;
  const figures = [
    `${formatCount(requestsPerSecond)} req/s`.padStart(12),
    `p50 ${formatMs(latencyMs.p50)}`.padStart(12),
    `CPU ${formatMicros(serverCpuMicrosPerRequest)}/request`,
  ];
  return `${name} ${figures.join(", ")}`;
}
