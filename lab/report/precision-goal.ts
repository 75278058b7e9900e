// Whether a run that was to be precise is, in a sentence.

import { MIN_BLOCKS } from "../measure/bootstrap.ts";
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";
import { type FigureRatio, listWideRatios } from "../measure/precision-rule.ts";

/** How many ratios a sentence has room for. */
const NAMED_RATIOS = 5;

/** Says what became of the precision that was asked for; nothing where none was. */
export function renderPrecisionGoal(
  { precision, blocks: mostBlocks }: Environment,
  measurements: readonly Measurement[],
): string[] {
  if (precision === undefined) return [];
  const blocks = new Set(measurements.map(({ block }) => block)).size;
  const wide = listWideRatios(measurements, precision);
  const goal = formatPart(precision);
  if (wide.length === 0 && blocks >= MIN_BLOCKS)
    return [
      `As precise as was asked for: after ${blocks} blocks no ratio of two approaches has an interval wider than ${goal}.`,
    ];
  const end = blocks < mostBlocks ? "when it was stopped" : "the most that were to be made";
  const list = wide.length === 0 ? "" : ` Wider than ${goal}: ${listWidest(wide)}.`;
  return [
    `Not as precise as was asked for after ${blocks} ${blocks === 1 ? "block" : "blocks"}, ${end}.${list}`,
  ];
}

/** Names the widest, and says how many more there are. */
function listWidest(wide: readonly FigureRatio[]): string {
  const more = wide.length - NAMED_RATIOS;
  const named = wide.slice(0, NAMED_RATIOS).map(describeRatio);
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function describeRatio({ workload, figure, more, less, width }: FigureRatio): string {
  return `${workload}, ${figure} of ${more} over ${less} (${width === null ? "no interval" : formatPart(width)})`;
}

function formatPart(part: number): string {
  return `${(part * 100).toLocaleString("en-US", { maximumSignificantDigits: 2 })} %`;
}
