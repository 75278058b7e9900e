// GET /metrics: request durations, the default figures of the process, and the store's own.
import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from "prom-client";
import type { UserStore } from "../storage/user-store.ts";
import { type MeasuredResponse, type RouteSeries, startDurationHistogram } from "./duration-histogram.ts";

/** A registry that asks the store for its figures at each scrape. */
export function createMetrics(store: UserStore) {
  const registry = new Registry();
  const { Response, addRoute, metric } = startDurationHistogram();
  registry.registerMetric(metric as unknown as Metric);
  collectDefaultMetrics({ register: registry });
  // process_start_time_seconds is in whole seconds: a process and its successor can have the same.
  new Gauge({
    name: "service_instance_info",
    help: "1; the label id is drawn at each start of the service.",
    labelNames: ["id"],
    registers: [registry],
  }).set({ id: randomUUID() }, 1);
  for (const { name, help, type } of store.figures?.() ?? []) {
    const Kind = type === "counter" ? Counter : Gauge;
    new Kind({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(store.figures?.().find((figure) => figure.name === name)?.value ?? Number.NaN);
      },
    });
  }

  /** Adds the number of requests that the store works on. */
  function showInFlight(inFlight: () => number): void {
    new Gauge({
      name: "http_requests_in_flight",
      help: "Requests that have been handed to the store and not been answered.",
      registers: [registry],
      collect() {
        this.set(inFlight());
      },
    });
  }

  const seriesByRoute = new Map<string, RouteSeries>();

  /** An onRoute hook: wraps the handler so that the response knows its route. */
  function measureRoute(route: RouteOptions): void {
    const series = addRoute(String(route.method), route.url);
    seriesByRoute.set(`${route.method} ${route.url}`, series);
    const { handler } = route;
    route.handler = function handleMeasured(request, reply) {
      (reply.raw as MeasuredResponse).routeSeries = series;
      return handler.call(this, request, reply);
    };
  }

  /** For a request that failed before its handler. Slow: `routeOptions` builds an object at each access. */
  function markRoute(request: FastifyRequest, reply: FastifyReply): void {
    const series = seriesByRoute.get(`${request.method} ${request.routeOptions.url}`);
    if (series) (reply.raw as MeasuredResponse).routeSeries = series;
  }

  return { Response, registry, measureRoute, markRoute, showInFlight };
}
