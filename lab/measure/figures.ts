// The figures of a trial, from what was counted. Pure.
import type { LoadReport } from "../load/generator.ts";
import type { ServiceUsage } from "../targets/service-metrics.ts";
import type { ServiceView } from "./measurement.ts";
import { findDisagreement, viewService } from "./service-view.ts";
import { hasIdleConnections, isImpossible, judgeClosed, judgeOpen, OPEN_MIN_SHARE } from "./verdict.ts";
import { findClockFault } from "./window-clock.ts";

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
  /** Name of the generator. */
  readonly generator: string;
  readonly connections: number;
  readonly durationMs: number;
  /** From the permission to measure to the generator's report, by the lab's own clock. */
  readonly elapsedMs: number;
  /** Of an open load. */
  readonly requestsPerSecond?: number;
  readonly usesDatabase: boolean;
  readonly databaseSharesCore: boolean;
  /** How many cores the generator could use. */
  readonly generatorCores: number;
  /** Whether the generator stops with requests in flight and tells nothing of them. */
  readonly dropsUnfinished: boolean;
}

/** Computes what is recorded of a trial from what its parties had used before and after the window. */
export function deriveFigures(report: LoadReport, before: Usage, after: Usage, asked: Asked) {
  const errors = Object.values(report.errors).reduce((sum, count) => sum + count, 0);
  // What is not answered still cost something; per request it is shared by all that were asked.
  const begun = report.requests + errors + report.unfinished;
  const windowMicros = report.windowMs * 1000;
  const serverCpu = after.cpuMicros - before.cpuMicros;
  const databaseCpu = after.databaseCpuMicros - before.databaseCpuMicros;
  // On a core of its own neither can make the other wait for it.
  const busiest = asked.databaseSharesCore ? serverCpu + databaseCpu : Math.max(serverCpu, databaseCpu);
  const shares = {
    server: busiest / windowMicros,
    generator: report.cpuMicros / windowMicros / asked.generatorCores,
  };
  const busyConnections = ((report.requests + report.unfinished) * report.latencyMs.mean) / report.windowMs;
  const occupancy = {
    busy: busyConnections / asked.connections,
    // What cuts requests off lets nobody finish.
    drained: asked.dropsUnfinished ? 0 : Math.max(0, 1 - asked.durationMs / report.windowMs),
  };
  const service = viewService(before, after);
  const isOpen = asked.requestsPerSecond !== undefined;
  const error =
    nameErrors(report, errors, begun) ??
    (before.instance === after.instance ? undefined : "the service was restarted") ??
    findClockFault(asked.generator, report.windowMs, asked.elapsedMs) ??
    findDisagreement(report, service, asked.dropsUnfinished ? asked.connections : 0) ??
    (isOpen ? nameMissedRate(report, begun, asked) : nameImpossible(busyConnections, occupancy, asked));
  const times = {
    latencyMs: report.latencyMs.mean,
    latenessMs: report.latenessMs?.mean ?? 0,
    serviceMs: service.latencyMs.mean,
  };
  const perRequest = (micros: number) => micros / Math.max(1, begun);
  return {
    requests: report.requests,
    errors,
    errorKinds: report.errors,
    unfinished: report.unfinished,
    droppedIterations: report.droppedIterations,
    windowMs: report.windowMs,
    requestsPerSecond: (report.requests / report.windowMs) * 1000,
    latencyMs: report.latencyMs,
    ...(report.latenessMs !== undefined && { latenessMs: report.latenessMs }),
    ...(report.requestsByThird !== undefined && { requestsByThird: report.requestsByThird }),
    ...(report.latencyHistogram !== undefined && { latencyHistogram: report.latencyHistogram }),
    service: service satisfies ServiceView,
    serverCpuMicrosPerRequest: perRequest(serverCpu),
    // NaN: nobody can tell it of a server that runs somewhere else.
    ...(asked.usesDatabase &&
      !Number.isNaN(databaseCpu) && { databaseCpuMicrosPerRequest: perRequest(databaseCpu) }),
    ...(busiest > 0 && begun > 0 && { impliedRequestsPerSecond: 1e6 / perRequest(busiest) }),
    serverCpuShare: serverCpu / windowMicros,
    generatorCpuShare: shares.generator,
    generatorCpuMicrosPerRequest: perRequest(report.cpuMicros),
    serverRssBytes: after.rssBytes,
    busyConnections,
    verdict:
      error !== undefined
        ? "invalid"
        : isOpen
          ? judgeOpen(shares.server, times)
          : judgeClosed(shares, occupancy),
    ...(error !== undefined && { error }),
  } as const;
}

function nameErrors({ errors: kinds }: LoadReport, errors: number, begun: number): string | undefined {
  const [worstKind] = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  if (worstKind === undefined) return undefined;
  return `${errors} of ${begun} requests failed, most of them by: ${worstKind[0]} (${worstKind[1]})`;
}

/** By Little's law. */
function nameImpossible(
  busyConnections: number,
  occupancy: Parameters<typeof isImpossible>[0],
  { connections, dropsUnfinished }: Asked,
): string | undefined {
  const taken = `throughput times latency takes ${busyConnections.toFixed(1)} connections`;
  if (isImpossible(occupancy)) return `${taken}, and there were ${connections}`;
  // All of its connections waited all the time: what is missing are the requests that it cut off.
  if (dropsUnfinished && hasIdleConnections(occupancy))
    return `${taken} of ${connections}: the slow requests were cut off at the end, and are not in the figures`;
  return undefined;
}

function nameMissedRate(
  { droppedIterations, begunAfterEnd = 0 }: LoadReport,
  begun: number,
  { requestsPerSecond = 0, durationMs }: Asked,
): string | undefined {
  const due = (requestsPerSecond * durationMs) / 1000;
  if (droppedIterations > 0)
    return `${droppedIterations} of ${Math.round(due)} requests found no free connection, and were dropped`;
  const inTime = begun - begunAfterEnd;
  // The first or the last of a schedule may lie on its edge.
  if (inTime < due * OPEN_MIN_SHARE - 1)
    return `${inTime} requests had begun when ${Math.round(due)} were due: below 99 % of the rate`;
  return undefined;
}
