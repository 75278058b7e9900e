// What to make of approaches that were held up by the load generator, in words.
import { compareWithinBlocks } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { formatRange, formatRatio } from "./format.ts";
import { judgeUnderCeilings } from "./summary.ts";

/** Says whose trials of a workload the load generator was the limit of, and what came of those that were made again. */
export function renderLimits(measurements: readonly Measurement[], workload: string): string[] {
  const good = judgeUnderCeilings(measurements, workload).filter(({ error }) => error === undefined);
  const limited = [...Map.groupBy(good, ({ approach }) => approach)].flatMap(([approach, trials]) => {
    const own = trials.filter(({ isAgain }) => !isAgain);
    const count = own.filter(({ verdict }) => verdict === "client-limited").length;
    return count === 0 ? [] : [{ approach, own, count, again: trials.filter(({ isAgain }) => isAgain) }];
  });
  if (limited.length === 0) return [];
  const counts = limited.map(({ approach, own, count }) => `${approach} in ${count} of ${own.length} trials`);
  const repeated = limited.filter(({ again }) => again.length > 0);
  const outcomes = repeated.map(({ approach, own, again }) => `${approach} ${describeAgain(own, again)}`);
  return [
    `The load generator was the limit of ${counts.join(", ")}. "Its CPU allows" is derived from the CPU time per request, ` +
      `not measured.${outcomes.length > 0 ? ` Made again with a cheaper generator: ${outcomes.join("; ")}.` : ""}`,
  ];
}

/** Compares trials with those of the same blocks that were made again. */
function describeAgain(own: readonly Measurement[], again: readonly Measurement[]): string {
  const byBlock = (trials: readonly Measurement[]) =>
    new Map(trials.map(({ block, requestsPerSecond }) => [block, requestsPerSecond]));
  const { ratio, finding } = compareWithinBlocks(byBlock(again), byBlock(own));
  const generators = [...new Set(again.map(({ generator }) => generator))].join(" and ");
  const count = `${again.length} ${again.length === 1 ? "trial" : "trials"} by ${generators}`;
  // The first one failed, or there is nothing to compare it with.
  if (Number.isNaN(ratio.value)) return count;
  const range = formatRange(ratio, formatRatio);
  const times = `${formatRatio(ratio.value)} times as many requests per second${range && ` (${range})`}`;
  return `${count}, ${times}, ${MEANINGS[finding]}`;
}

const MEANINGS = {
  higher: "so it can do more than its figure says",
  lower: "so not more",
  "no difference found": "so not surely more",
  unknown: "too few to tell whether it can do more",
} as const;
