// What wrk counted, read. Pure.
//
// Where an answer took more than twice the mean, wrk adds answers that it thinks were not asked for meanwhile, each a mean
// shorter than the one before: its "correction of coordinated omission". They were not measured, and no other generator
// invents them, so they are taken out again, which is exact.
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import type { LoadReport } from "./generator.ts";
import { buildLatencies, summarizeLatencies } from "./latencies.ts";

/** As wrk.lua writes it. */
export interface WrkSummary {
  readonly durationMicros: number;
  /** Answers, whatever they were. */
  readonly requests: number;
  readonly bytes: number;
  /** `status`: answers with a status above 399. `timeout`: answers that came after the time limit, and which are not
   * among the latencies. The others: how often a connection could not be opened, read from or written to. */
  readonly errors: Readonly<Record<"connect" | "read" | "write" | "status" | "timeout", number>>;
  readonly latencies: readonly Latency[];
}

/** A latency in microseconds, and how many answers had it. */
type Latency = readonly [micros: number, count: number];

/** Reads the summary of a load.
 * @param timeoutMs the time limit that wrk was given
 * @throws Error when there was no answer, or the latencies are not those of the answers */
export function readWrkSummary(
  summary: WrkSummary,
  { connections, timeoutMs }: { readonly connections: number; readonly timeoutMs: number },
): Omit<LoadReport, "cpuMicros" | "raw"> {
  const { durationMicros, requests, errors } = summary;
  if (requests === 0) throw new Error("wrk had no answer when it ended");
  const { status, timeout, ...broken } = errors;
  const latencies = buildLatencies();
  for (const [micros, count] of findMeasured(summary, connections))
    latencies.recordValueWithCount(micros, count);
  if (timeout > 0) latencies.recordValueWithCount(timeoutMs * 1000, timeout);
  const kinds = {
    "status above 399": status,
    ...Object.fromEntries(Object.entries(broken).map(([what, count]) => [`${what} failed`, count])),
  };
  return {
    requests: requests - status - timeout,
    errors: Object.fromEntries(Object.entries(kinds).filter(([, count]) => count > 0)),
    unfinished: timeout,
    droppedIterations: 0,
    windowMs: durationMicros / 1000,
    latencyMs: summarizeLatencies(latencies),
    latencyHistogram: encodeIntoCompressedBase64(latencies),
  };
}

/** Finds the latencies that were measured. There is one for each answer in time: a wrk that does not correct gives just
 * those, and of one that does they are what is left. */
function findMeasured(
  { durationMicros, requests, errors, latencies }: WrkSummary,
  connections: number,
): readonly Latency[] {
  // wrk's own whole-number arithmetic.
  const roundsPerConnection = Math.floor(requests / connections);
  const intervalMicros = Math.floor(durationMicros / roundsPerConnection);
  const inTime = requests - errors.timeout;
  const measured = [latencies, undoCorrection(latencies, intervalMicros)].find(
    (candidate) => candidate.reduce((sum, [, count]) => sum + count, 0) === inTime,
  );
  if (measured === undefined) throw new Error(`wrk's latencies are not those of its ${inTime} answers`);
  return measured;
}

/** Takes out the answers that wrk added. For each of `n` microseconds it added one each of n - i, n - 2i, … as long as
 * they are longer than i. So the count at n, with what was added to it, is just what was added to n - i.
 * @param intervalMicros i */
export function undoCorrection(latencies: readonly Latency[], intervalMicros: number): Latency[] {
  const counts = new Map(latencies);
  return latencies
    .map(([micros, count]): Latency => {
      const added = micros > intervalMicros ? (counts.get(micros + intervalMicros) ?? 0) : 0;
      return [micros, count - added];
    })
    .filter(([, count]) => count > 0);
}
