// The window as the service saw it, and whether that agrees with what the load generator says. Pure.
import type { LoadReport } from "../load/generator.ts";
import type { RequestDurations, ServiceUsage } from "../targets/service-metrics.ts";
import type { ServiceView } from "./measurement.ts";

/** Latencies that a service and its client measure of the same requests may differ so much by the rounding of clocks and
 * buckets: a part of them, and a part of a millisecond. */
const LATENCY_TOLERANCE = 0.05;
const LATENCY_TOLERANCE_MS = 0.05;
/** Means are of the same requests when no larger part of them is known to one side only. */
const OTHERS_LIMIT = 0.01;

/** Returns what a service did between two looks at it. */
export function viewService(
  { durations: before }: ServiceUsage,
  { durations: after }: ServiceUsage,
): ServiceView {
  const requests = after.count - before.count;
  const buckets = subtractBuckets(after, before);
  const findUpperBound = (percent: number) => {
    const upToMs = buckets.find(({ count }) => count >= (percent / 100) * requests)?.upToMs ?? 0;
    return Number.isFinite(upToMs) ? upToMs : null;
  };
  return {
    requests,
    latencyMs: {
      mean: (after.sumMs - before.sumMs) / Math.max(1, requests),
      p50: findUpperBound(50),
      p99: findUpperBound(99),
    },
  };
}

function subtractBuckets(after: RequestDurations, before: RequestDurations): RequestDurations["cumulative"] {
  const earlier = new Map(before.cumulative.map(({ upToMs, count }) => [upToMs, count]));
  return after.cumulative.map(({ upToMs, count }) => ({ upToMs, count: count - (earlier.get(upToMs) ?? 0) }));
}

/**
 * Says where a service contradicts the load generator; undefined where it does not. Both see the same requests, so the
 * counts are equal but for those that were never answered, or are cut off by a generator that stops with requests in
 * flight. The service's time lies within the client's, request by request, so its mean is not above the client's.
 * @param cutOff how many requests the generator may have left in flight at its end
 */
export function findDisagreement(
  report: Pick<LoadReport, "requests" | "errors" | "unfinished" | "latencyMs">,
  { requests, latencyMs }: ServiceView,
  cutOff: number,
): string | undefined {
  const errors = Object.values(report.errors).reduce((sum, count) => sum + count, 0);
  const asked = report.requests + errors + report.unfinished;
  if (requests < report.requests || requests > asked + cutOff)
    return `the service counted ${requests} requests, and the load generator ${asked}`;
  const areTheSame = requests - report.requests <= requests * OTHERS_LIMIT;
  const longest = report.latencyMs.mean * (1 + LATENCY_TOLERANCE) + LATENCY_TOLERANCE_MS;
  if (areTheSame && latencyMs.mean > longest)
    return (
      `the service took ${latencyMs.mean.toFixed(3)} ms for a request on average, and the load generator waited ` +
      `${report.latencyMs.mean.toFixed(3)} ms for its answer`
    );
  return undefined;
}
