// Request durations by method, route and status. prom-client's own histogram validates and hashes its labels
// at each observation; here a request costs a few comparisons and additions, and prom-client renders the
// result. The measurement is in docs/decisions/0003-fastify-without-hooks.md.
import { type IncomingMessage, ServerResponse } from "node:http";
import type { MetricObjectWithValues, MetricValueWithName } from "prom-client";

/** Upper bounds of the buckets in seconds, from a lookup in memory to a scan that fifty others share. */
const BOUNDS_SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30, 60,
];
const BOUNDS_MS = Float64Array.from(BOUNDS_SECONDS, (bound) => bound * 1000);
const NAME = "http_request_duration_seconds";

/** Durations of the requests that had one status. `counts[i]` are those above bound i - 1 and up to bound i. */
interface StatusSeries {
  readonly counts: Float64Array;
  sumMs: number;
}

/** Durations of the requests to one route, by status. */
export interface RouteSeries {
  readonly method: string;
  readonly route: string;
  readonly byStatus: Map<number, StatusSeries>;
}

function observe(series: RouteSeries, status: number, durationMs: number): void {
  let target = series.byStatus.get(status);
  if (target === undefined) {
    target = { counts: new Float64Array(BOUNDS_MS.length + 1), sumMs: 0 };
    series.byStatus.set(status, target);
  }
  let bucket = 0;
  while (bucket < BOUNDS_MS.length && durationMs > (BOUNDS_MS[bucket] as number)) bucket++;
  target.counts[bucket] = (target.counts[bucket] as number) + 1;
  target.sumMs += durationMs;
}

function* renderSeries({ method, route, byStatus }: RouteSeries): Generator<MetricValueWithName<string>> {
  for (const [status, { counts, sumMs }] of byStatus) {
    const labels = { method, route, status };
    let total = 0;
    for (const [bucket, count] of counts.entries()) {
      total += count;
      const le = BOUNDS_SECONDS[bucket] ?? "+Inf";
      yield { metricName: `${NAME}_bucket`, labels: { le, ...labels }, value: total };
    }
    yield { metricName: `${NAME}_sum`, labels, value: sumMs / 1000 };
    yield { metricName: `${NAME}_count`, labels, value: total };
  }
}

/** A response that knows when its request began and to which route it belongs. */
export interface MeasuredResponse extends ServerResponse {
  routeSeries: RouteSeries;
  /** Called once, when the answer is given. */
  release: (() => void) | undefined;
}

/**
 * Starts a histogram. Returns the class of response to give to the HTTP server, which measures from the
 * parsed head of the request to the end of the answer being handed to the socket; a way to declare a route;
 * and the metric in the shape that prom-client's registry renders.
 */
export function startDurationHistogram() {
  const all: RouteSeries[] = [];

  function addRoute(method: string, route: string): RouteSeries {
    const series: RouteSeries = { method, route, byStatus: new Map() };
    all.push(series);
    return series;
  }

  const unmatched = addRoute("any", "unmatched");

  // A subclass instead of a Fastify hook: any onResponse hook adds listeners to every response.
  class Response extends ServerResponse<IncomingMessage> implements MeasuredResponse {
    readonly startedMs = performance.now();
    routeSeries = unmatched;
    release: (() => void) | undefined = undefined;

    // biome-ignore lint/suspicious/noExplicitAny: passed on untouched to an overloaded method
    override end(...args: any[]): this {
      observe(this.routeSeries, this.statusCode, performance.now() - this.startedMs);
      this.release?.();
      this.release = undefined;
      return super.end(...args);
    }
  }

  const metric = {
    name: NAME,
    help: "Time from the parsed head of a request to its answer being handed to the socket.",
    type: "histogram" as const,
    aggregator: "sum" as const,
    values: [] as MetricValueWithName<string>[],
    get: (): MetricObjectWithValues<MetricValueWithName<string>> =>
      ({ ...metric, values: all.flatMap((series) => [...renderSeries(series)]) }) as never,
  };

  return { Response, addRoute, metric };
}
