// How figures change with the number of users. Pure.

import type { Estimate } from "../../measure/bootstrap.ts";
import { compareWithinBlocks, type Difference } from "../../measure/difference.ts";
import { estimateExponent } from "../../measure/growth.ts";
import type { Measurement } from "../../measure/measurement.ts";
import { formatCount, formatMegabytes, formatMs } from "../format.ts";
import type { SummaryRow } from "../summary.ts";
import { byBlock, type Subject } from "./subject.ts";
import { capitalise, formatRough, joinWords, writeInterval } from "./words.ts";

/** A figure that is shown against size. */
export interface Grown {
  readonly key: string;
  /** As the title of its axis and the beginning of its sentence. */
  readonly name: string;
  readonly format: (value: number) => string;
  readonly estimateOf: (row: SummaryRow) => Estimate;
  readonly read: (trial: Measurement) => number;
  /** Whether a service without users has it too, so that its exponent is below that of what the users take. */
  readonly hasFloor?: true;
}

export const throughput: Grown = {
  key: "throughput",
  name: "requests per second",
  format: formatCount,
  estimateOf: (row) => row.requestsPerSecond,
  read: (trial) => trial.requestsPerSecond,
};
export const median: Grown = {
  key: "p50",
  name: "median time to the answer",
  format: formatMs,
  estimateOf: (row) => row.latencyMs.p50,
  read: (trial) => trial.latencyMs.p50,
};
export const memory: Grown = {
  key: "memory",
  name: "memory of the service",
  format: formatMegabytes,
  estimateOf: (row) => row.serverRssBytes,
  read: (trial) => trial.serverRssBytes,
  hasFloor: true,
};
export const startup: Grown = {
  key: "startup",
  name: "time from start to the first answer",
  format: formatMs,
  estimateOf: (row) => row.startupMs,
  read: (trial) => trial.startupMs,
  hasFloor: true,
};

/** One approach at all sizes that it was measured at, the smallest first. */
export interface GrowthRow {
  readonly approach: string;
  readonly points: readonly { readonly size: number; readonly estimate: Estimate }[];
  /** The figure at the largest size over that at the smallest, within blocks; null where it has one size only. */
  readonly change: Difference | null;
  /** e of figure = c * size^e: 0 is flat, 1 in proportion. Null where it has one size only. */
  readonly exponent: Estimate | null;
}

/** Brings the sizes of each approach together. @param subjects one workload at two sizes or more, the smallest first */
export function listGrowth(grown: Grown, subjects: readonly Subject[]): GrowthRow[] {
  const names = new Set(subjects.flatMap(({ own }) => own.map(({ approach }) => approach)));
  return [...names].map((approach) => {
    const of = subjects.flatMap((subject) => {
      const row = subject.own.find((candidate) => candidate.approach === approach);
      return row === undefined ? [] : [{ subject, estimate: grown.estimateOf(row) }];
    });
    const bySize = new Map(of.map(({ subject }) => [subject.size, byBlock(subject, approach, grown.read)]));
    const [smallest, largest] = [of[0]?.subject.size ?? 0, of.at(-1)?.subject.size ?? 0];
    const change =
      smallest === largest
        ? null
        : compareWithinBlocks(bySize.get(largest) ?? new Map(), bySize.get(smallest) ?? new Map());
    return {
      approach,
      points: of.map(({ subject, estimate }) => ({ size: subject.size, estimate })),
      change,
      exponent: estimateExponent(bySize),
    };
  });
}

/** "From 10,000 to 1,000,000 users: linear 76 times less (57 to 98); no difference found for map and sqlite". */
export function writeGrowth(grown: Grown, rows: readonly GrowthRow[], sizes: readonly number[]): string {
  const changed = rows.flatMap(({ approach, change }) => {
    if (change === null || change.finding === "no difference found") return [];
    return { approach, factor: change.ratio };
  });
  const strongest = changed.sort((a, b) => strengthOf(b.factor) - strengthOf(a.factor));
  const same = rows.filter(({ change }) => change?.finding === "no difference found");
  const parts = [
    ...strongest.map(({ approach, factor }) => `${approach} ${writeChange(factor)}`),
    ...(same.length === 0
      ? []
      : [`no difference found for ${joinWords(same.map(({ approach }) => approach))}`]),
  ];
  const [from, to] = [formatCount(sizes[0] ?? 0), formatCount(sizes.at(-1) ?? 0)];
  return `${capitalise(grown.name)} from ${from} to ${to} users: ${parts.join("; ") || "nothing to compare"}`;
}

const strengthOf = ({ value }: Estimate) => Math.abs(Math.log(value));

/** "76 times less (57 to 98)", "3.9 times more (3.5 to 4.2)". */
function writeChange(factor: Estimate): string {
  if (factor.value >= 1) return `${formatRough(factor.value)} times more ${writeInterval(factor)}`.trim();
  const { value, low, high } = factor;
  const inverse = {
    value: 1 / value,
    low: high === null ? null : 1 / high,
    high: low === null ? null : 1 / low,
  };
  return `${formatRough(inverse.value)} times less ${writeInterval(inverse)}`.trim();
}
