// What Prometheus reads of a run while it goes on: which trial runs, and the figures of those that have ended.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Gauge, Registry } from "prom-client";
import type { Environment } from "./environment.ts";
import { publishedFigures } from "./lessons.ts";
import type { Measurement } from "./measurement.ts";

const TRIAL_LABELS = ["run", "size", "workload", "approach", "trial"] as const;
/** A run's end waits so long for a scrape that sees its last trial. */
const LAST_SCRAPE_LIMIT_MS = 5_000;
const POLL_MS = 50;

export type TrialLabels = Readonly<Record<(typeof TRIAL_LABELS)[number], string>>;

export interface LiveMetrics extends AsyncDisposable {
  readonly startRun: (environment: Environment, workloads: readonly string[]) => void;
  /** Its measured window begins. */
  readonly openWindow: (labels: TrialLabels) => void;
  readonly closeWindow: (labels: TrialLabels) => void;
  readonly endTrial: (labels: TrialLabels, measurement: Measurement) => void;
}

/** Serves GET /metrics on this port until it is disposed of. */
export async function serveLiveMetrics(port: number): Promise<LiveMetrics> {
  const registry = new Registry();
  let scrapes = 0;
  const server = createServer(async (_request, response) => {
    response.setHeader("content-type", registry.contentType).end(await registry.metrics());
    scrapes++;
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, resolve));
  const recorder = recordRun(registry);
  return {
    ...recorder,
    async [Symbol.asyncDispose]() {
      const seen = scrapes;
      const untilMs = performance.now() + LAST_SCRAPE_LIMIT_MS;
      while (seen > 0 && scrapes < seen + 2 && performance.now() < untilMs) await sleep(POLL_MS);
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Keeps the gauges of a run in a registry. */
export function recordRun(registry: Registry): Omit<LiveMetrics, typeof Symbol.asyncDispose> {
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const ofTrial = (name: string, help: string, ...more: string[]) =>
    gauge(`lab_trial_${name}`, help, [...TRIAL_LABELS, ...more]);

  const runInfo = gauge("lab_run_info", "1 for the run that goes on.", [
    "run",
    "size",
    "generator",
    "mode",
    "connections",
  ]);
  const published = {
    requestsPerSecond: gauge(
      "lab_published_requests_per_second",
      "What the course publishes.",
      PUBLISHED_LABELS,
    ),
    latency: gauge("lab_published_latency_seconds", "What the course publishes.", PUBLISHED_LABELS),
  };
  const running = ofTrial("running", "1 while the trial is measured.");
  const started = ofTrial("started_seconds", "When the measured window began, in Unix time.");
  const verdict = ofTrial("verdict", "1 for the verdict of the trial.", "verdict");
  const latency = ofTrial("latency_seconds", "Latency as the load generator saw it.", "quantile");
  const figures = Object.entries(TRIAL_FIGURES).map(([name, { help, read }]) => ({
    gauge: ofTrial(name, help),
    read,
  }));

  return {
    startRun({ run, size, generator, mode, connections }, workloads) {
      const labels = { run, size, mode, connections, generator: generator.name };
      runInfo.set(labels, 1);
      for (const workload of workloads) {
        for (const [approach, figure] of Object.entries(publishedFigures(workload, size))) {
          published.requestsPerSecond.set({ approach, workload, size }, figure.requestsPerSecond);
          published.latency.set({ approach, workload, size }, figure.latencyMs / 1000);
        }
      }
    },
    openWindow(labels) {
      running.set(labels, 1);
      started.set(labels, Date.now() / 1000);
    },
    closeWindow: (labels) => running.remove(labels),
    endTrial(labels, measurement) {
      running.remove(labels);
      verdict.set({ ...labels, verdict: measurement.verdict }, 1);
      if (measurement.error !== undefined) return;
      for (const { gauge, read } of figures) {
        const value = read(measurement);
        if (value !== undefined) gauge.set(labels, value);
      }
      const { mean, p50, p90, p99, max } = measurement.latencyMs;
      const quantiles = { mean, "0.5": p50, "0.9": p90, "0.99": p99, max };
      for (const [quantile, ms] of Object.entries(quantiles)) latency.set({ ...labels, quantile }, ms / 1000);
    },
  };
}

const PUBLISHED_LABELS = ["approach", "workload", "size"];

/** A figure of a trial; undefined for trials that do not have it. */
interface TrialFigure {
  readonly help: string;
  readonly read: (measurement: Measurement) => number | undefined;
}

const TRIAL_FIGURES: Readonly<Record<string, TrialFigure>> = {
  requests: { help: "Requests answered rightly.", read: (m) => m.requests },
  errors: { help: "Requests answered wrongly or not at all.", read: (m) => m.errors },
  unfinished: { help: "Requests that outlasted the wait limit.", read: (m) => m.unfinished },
  dropped_iterations: {
    help: "Iterations that were not begun, for lack of a free connection at their time.",
    read: (m) => m.droppedIterations,
  },
  requests_per_second: { help: "Requests answered rightly per second.", read: (m) => m.requestsPerSecond },
  server_cpu_seconds_per_request: {
    help: "CPU time of the service per request.",
    read: (m) => m.serverCpuMicrosPerRequest / 1e6,
  },
  database_cpu_seconds_per_request: {
    help: "CPU time of the database per request.",
    read: ({ databaseCpuMicrosPerRequest: micros }) => (micros === undefined ? undefined : micros / 1e6),
  },
  server_cpu_share: {
    help: "CPU time of the service, as a part of one core.",
    read: (m) => m.serverCpuShare,
  },
  generator_cpu_share: {
    help: "CPU time of the load generator, as a part of the cores that it had.",
    read: (m) => m.generatorCpuShare,
  },
  server_rss_bytes: { help: "Resident memory of the service.", read: (m) => m.serverRssBytes },
  startup_seconds: {
    help: "From the start of the service until it was healthy.",
    read: (m) => m.startupMs / 1000,
  },
  connections: { help: "Connections that asked at once.", read: (m) => m.connections },
  busy_connections: {
    help: "Connections that waited on average: throughput times mean latency. Little's law: all of them.",
    read: (m) => m.busyConnections,
  },
};
