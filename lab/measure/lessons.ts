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

/** Returns the lessons' figures for a workload and size by approach; empty when it has none. */
export function publishedFigures(workload: string, size: number): Readonly<Record<string, PublishedFigure>> {
  return workload === PUBLISHED_WORKLOAD ? (BY_SIZE[size] ?? {}) : {};
}

/** The load is not stated; throughput times latency gives so many connections in every row but one. */
export const PUBLISHED_CONNECTIONS = 50;

/** A published figure, looked at as a trial of ours is. */
export interface PublishedCheck extends PublishedFigure {
  readonly approach: string;
  readonly size: number;
  /** Connections that waited, on average, by Little's law: throughput times latency. */
  readonly busyConnections: number;
  /** Whether the two figures can both be right: as many connections waited as there were, within the tolerance. */
  readonly isSound: boolean;
}

/** Checks every published figure by Little's law. */
export function checkPublished(): PublishedCheck[] {
  return Object.entries(BY_SIZE).flatMap(([size, figures]) =>
    Object.entries(figures).map(([approach, figure]) => {
      const busyConnections = (figure.requestsPerSecond * figure.latencyMs) / 1000;
      const occupancy = { busy: busyConnections / PUBLISHED_CONNECTIONS, drained: 0 };
      const isSound = !isImpossible(occupancy) && !hasIdleConnections(occupancy);
      return { approach, size: Number(size), ...figure, busyConnections, isSound };
    }),
  );
}
