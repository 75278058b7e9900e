// The figures of a trial, from what was counted. Pure.
import type { LoadReport } from "../load/generator.ts";
import type { ServiceUsage } from "../targets/service.ts";
import { isImpossible, judgeTrial, type Occupancy } from "./verdict.ts";

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
  latencyMs: { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 },
  serverCpuMicrosPerRequest: 0,
  serverCpuShare: 0,
  generatorCpuShare: 0,
  generatorCpuMicrosPerRequest: 0,
  serverRssBytes: 0,
  busyConnections: 0,
  startupMs: 0,
  verdict: "invalid",
} as const;

/** What a trial was asked to do. */
export interface Asked {
  readonly connections: number;
  readonly durationMs: number;
  readonly usesDatabase: boolean;
  readonly databaseSharesCore: boolean;
  /** How many cores the generator could use. */
  readonly generatorCores: number;
}

/** Computes what is recorded of a trial from what its parties had used before and after the window. */
export function deriveFigures(
  report: LoadReport,
  before: Usage,
  after: Usage,
  { connections, durationMs, usesDatabase, databaseSharesCore, generatorCores }: Asked,
) {
  const errors = Object.values(report.errors).reduce((sum, count) => sum + count, 0);
  // What is not answered still cost something; per request it is shared by all that were asked.
  const asked = Math.max(1, report.requests + errors + report.unfinished);
  const windowMicros = report.windowMs * 1000;
  const serverCpu = after.cpuMicros - before.cpuMicros;
  const databaseCpu = after.databaseCpuMicros - before.databaseCpuMicros;
  const busyConnections = ((report.requests + report.unfinished) * report.latencyMs.mean) / report.windowMs;
  const occupancy = {
    busy: busyConnections / connections,
    drained: Math.max(0, 1 - durationMs / report.windowMs),
  };
  const error = nameFault(report, { errors, asked, busyConnections, connections, occupancy });
  // On a core of its own neither can make the other wait for it.
  const busiest = databaseSharesCore ? serverCpu + databaseCpu : Math.max(serverCpu, databaseCpu);
  const server = busiest / windowMicros;
  const generator = report.cpuMicros / windowMicros / generatorCores;
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
    ...(usesDatabase && { databaseCpuMicrosPerRequest: databaseCpu / asked }),
    serverCpuShare: serverCpu / windowMicros,
    generatorCpuShare: generator,
    generatorCpuMicrosPerRequest: report.cpuMicros / asked,
    serverRssBytes: after.rssBytes,
    busyConnections,
    verdict: judgeTrial({ server, generator, occupancy, isFaulty: error !== undefined }),
    ...(error !== undefined && { error }),
  };
}

/** Says why a trial is not to be used; undefined for a good one. */
function nameFault(
  report: LoadReport,
  counted: {
    readonly errors: number;
    readonly asked: number;
    readonly busyConnections: number;
    readonly connections: number;
    readonly occupancy: Occupancy;
  },
): string | undefined {
  const { errors, asked, busyConnections, connections, occupancy } = counted;
  const [worstKind] = Object.entries(report.errors).sort(([, a], [, b]) => b - a);
  if (worstKind)
    return `${errors} of ${asked} requests failed, most of them by: ${worstKind[0]} (${worstKind[1]})`;
  if (isImpossible(occupancy))
    return `throughput times latency takes ${busyConnections.toFixed(1)} connections, and there were ${connections}`;
  return undefined;
}
