// The figures of a trial, from what was counted. Pure.
import type { LoadReport } from "../load/generator.ts";
import type { ServiceUsage } from "../targets/service.ts";
import { judgeTrial } from "./verdict.ts";

/** CPU time and memory of what serves, at one moment. */
export interface Usage extends ServiceUsage {
  readonly databaseCpuMicros: number;
}

/** The figures of a trial that failed before it could count anything. */
export const NOTHING_MEASURED = {
  requests: 0,
  errors: 0,
  errorKinds: {},
  unfinished: 0,
  droppedIterations: 0,
  windowMs: 0,
  requestsPerSecond: 0,
  latencyMs: { mean: 0, p50: 0, p90: 0, p99: 0, max: 0 },
  serverCpuMicrosPerRequest: 0,
  serverCpuShare: 0,
  generatorCpuShare: 0,
  generatorCpuMicrosPerRequest: 0,
  serverRssBytes: 0,
  startupMs: 0,
  verdict: "invalid",
} as const;

/** Computes what is recorded of a trial from what its parties had used before and after the window. */
export function deriveFigures(
  report: LoadReport,
  before: Usage,
  after: Usage,
  database: { readonly isUsed: boolean; readonly sharesCore: boolean },
) {
  const errors = Object.values(report.errors).reduce((sum, count) => sum + count, 0);
  // What is not answered still cost something; per request it is shared by all that were asked.
  const asked = Math.max(1, report.requests + errors + report.unfinished);
  const windowMicros = report.windowMs * 1000;
  const serverCpu = after.cpuMicros - before.cpuMicros;
  const databaseCpu = after.databaseCpuMicros - before.databaseCpuMicros;
  const [worstKind] = Object.entries(report.errors).sort(([, a], [, b]) => b - a);
  const error =
    worstKind && `${errors} of ${asked} requests failed, most of them by: ${worstKind[0]} (${worstKind[1]})`;
  // On a core of its own neither can make the other wait for it.
  const busiest = database.sharesCore ? serverCpu + databaseCpu : Math.max(serverCpu, databaseCpu);
  const server = busiest / windowMicros;
  const generator = report.cpuMicros / windowMicros;
  return {
    requests: report.requests,
    errors,
    errorKinds: report.errors,
    unfinished: report.unfinished,
    droppedIterations: report.droppedIterations,
    windowMs: report.windowMs,
    requestsPerSecond: (report.requests / report.windowMs) * 1000,
    latencyMs: report.latencyMs,
    ...(report.latencyHistogram !== undefined && { latencyHistogram: report.latencyHistogram }),
    serverCpuMicrosPerRequest: serverCpu / asked,
    ...(database.isUsed && { databaseCpuMicrosPerRequest: databaseCpu / asked }),
    serverCpuShare: serverCpu / windowMicros,
    generatorCpuShare: generator,
    generatorCpuMicrosPerRequest: report.cpuMicros / asked,
    serverRssBytes: after.rssBytes,
    verdict: judgeTrial({ server, generator, isFaulty: error !== undefined }),
    ...(error !== undefined && { error }),
  };
}
