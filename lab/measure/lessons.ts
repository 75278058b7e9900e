// The figures that the course publishes: Mac mini, Apple Silicon, Node 24, wrk, GET by id.
import { hasIdleConnections, isImpossible } from "./verdict.ts";

export interface PublishedFigure {
  readonly requestsPerSecond: number;
  readonly latencyMs: number;
}

const BY_SIZE: Readonly<Record<number, Readonly<Record<string, PublishedFigure>>>> = {
  10000: {
    linear: { requestsPerSecond: 474, latencyMs: 101 },
    map: { requestsPerSecond: 66_573, latencyMs: 0.741 },
    binary: { requestsPerSecond: 26_187, latencyMs: 1.9 },
    sqlite: { requestsPerSecond: 52_258, latencyMs: 0.94 },
  },
  100000: {
    linear: { requestsPerSecond: 49, latencyMs: 914 },
    map: { requestsPerSecond: 65_466, latencyMs: 0.733 },
    binary: { requestsPerSecond: 25_278, latencyMs: 1.9 },
    sqlite: { requestsPerSecond: 47_436, latencyMs: 1.01 },
  },
  1000000: {
    linear: { requestsPerSecond: 5, latencyMs: 1_060 },
    map: { requestsPerSecond: 72_074, latencyMs: 0.711 },
    binary: { requestsPerSecond: 26_448, latencyMs: 1.93 },
    sqlite: { requestsPerSecond: 50_307, latencyMs: 1.02 },
  },
};

/** The workload that the published figures are of. */
const PUBLISHED_WORKLOAD = "read";

/** Returns the course's figures for a workload and size by approach; empty when it has none. */
export function publishedFigures(workload: string, size: number): Readonly<Record<string, PublishedFigure>> {
  return workload === PUBLISHED_WORKLOAD ? (BY_SIZE[size] ?? {}) : {};
}

/** The course does not say how many. All its figures fit together for this number, but one. */
export const PUBLISHED_CONNECTIONS = 50;

/** A published figure, judged like a trial of ours by Little's law. */
export interface CheckedFigure extends PublishedFigure {
  readonly workload: string;
  readonly size: number;
  readonly approach: string;
  /** Throughput times latency: the connections that this many requests keep waiting. */
  readonly busyConnections: number;
  /** "too few": most connections would have had nothing to do. "too many": more would have waited than there were. */
  readonly finding: "fits" | "too few" | "too many";
}

/** Judges all published figures, the smallest size first. */
export function checkPublished(): CheckedFigure[] {
  return Object.entries(BY_SIZE).flatMap(([size, figures]) =>
    Object.entries(figures).map(([approach, figure]) => {
      const busyConnections = (figure.requestsPerSecond * figure.latencyMs) / 1000;
      // Nothing is known of the end of their windows.
      const occupancy = { busy: busyConnections / PUBLISHED_CONNECTIONS, drained: 0 };
      const finding = isImpossible(occupancy)
        ? "too many"
        : hasIdleConnections(occupancy)
          ? "too few"
          : "fits";
      return {
        ...figure,
        workload: PUBLISHED_WORKLOAD,
        size: Number(size),
        approach,
        busyConnections,
        finding,
      };
    }),
  );
}
