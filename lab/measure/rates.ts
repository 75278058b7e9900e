// How many requests per second an open load begins. Pure.
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** An arrival rate and what it is called. */
export interface Rate {
  readonly name: string;
  readonly requestsPerSecond: number;
}

/** The rate that all approaches are asked at. */
export const COMMON_RATE = "common";
/** Parts of what an approach can do. Above three quarters waiting grows without measure. */
const PARTS_OF_CAPACITY = [0.25, 0.5, 0.75];
/** The common rate, where nobody says another, as a part of the slowest approach's capacity: it must be able to follow. */
const COMMON_PART = 0.5;

/** Throughput of each approach under a closed load, by workload: the median over the blocks. */
export type Capacities = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Finds what each approach can do at most. One without a good closed trial is not among them. */
export function findCapacities(measurements: readonly Measurement[]): Capacities {
  const closed = measurements.filter(({ load, error }) => load === "closed" && error === undefined);
  const byWorkload = Map.groupBy(closed, ({ workload }) => workload);
  return new Map(
    [...byWorkload].map(([workload, trials]) => [workload, capacityByApproach(trials)] as const),
  );
}

function capacityByApproach(trials: readonly Measurement[]): ReadonlyMap<string, number> {
  const byApproach = Map.groupBy(trials, ({ approach }) => approach);
  return new Map(
    [...byApproach].map(([approach, of]) => [
      approach,
      median(of.map(({ requestsPerSecond }) => requestsPerSecond)),
    ]),
  );
}

/** Returns the rates of each approach of one workload: the common one and parts of its own capacity.
 * @param common requests per second for all; without it half of what the slowest can do */
export function chooseRates(
  capacities: ReadonlyMap<string, number>,
  common: number | undefined,
): ReadonlyMap<string, readonly Rate[]> {
  const slowest = Math.min(...capacities.values());
  const commonRate = { name: COMMON_RATE, requestsPerSecond: roundRate(common ?? slowest * COMMON_PART) };
  return new Map(
    [...capacities].map(([approach, capacity]) => [
      approach,
      [
        commonRate,
        ...PARTS_OF_CAPACITY.map((part) => ({
          name: `${part * 100}%`,
          requestsPerSecond: roundRate(capacity * part),
        })),
      ],
    ]),
  );
}

/** Three significant digits, which a reader can keep in mind. */
function roundRate(requestsPerSecond: number): number {
  return Number(requestsPerSecond.toPrecision(3));
}
