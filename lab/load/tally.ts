// What is counted while a load runs.
import type { Histogram } from "hdr-histogram-js";
import { buildLatencies } from "./latencies.ts";

/** What was counted since a phase of the load began. */
export interface Tally {
  /** Answered rightly. */
  requests: number;
  /** Not answered rightly: how many, by what was wrong. */
  readonly errors: Record<string, number>;
  /** Not answered within the wait limit. */
  unfinished: number;
  /** In microseconds; answered and unfinished requests. */
  readonly latencies: Histogram;
}

/** What happened in a phase. */
export interface PhaseOutcome extends Tally {
  /** From the first request to the last answer, or to the wait limit. */
  readonly windowMs: number;
  /** Of a closed phase: requests answered rightly in each third of it. */
  readonly requestsByThird?: readonly [number, number, number];
  /** Of an open phase: how late the generator saw each request, in microseconds; 0 for one that came to a line. */
  readonly lateness?: Histogram;
  /** Of an open phase: requests that still stood in line when the last one was due. */
  readonly begunAfterEnd?: number;
}

export function startTally(): Tally {
  return { requests: 0, errors: {}, unfinished: 0, latencies: buildLatencies() };
}

export function countErrors({ errors }: Tally, what: string, count = 1): void {
  errors[what] = (errors[what] ?? 0) + count;
}

/** Counts a request that was waited for long enough. Its age is its latency. */
export function countUnfinished(tally: Tally, ageMs: number): void {
  tally.unfinished++;
  tally.latencies.recordValue(Math.round(ageMs * 1000));
}

/** Returns what has gone wrong, and how often. */
export function listFaults({ errors, unfinished }: Tally): string[] {
  const faults = Object.entries(errors).map(([what, count]) => `${what} (${count})`);
  if (unfinished > 0) faults.push(`not answered within the wait limit (${unfinished})`);
  return faults;
}
