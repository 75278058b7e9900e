// Whether a run that was to be precise is, in a sentence.

import { MIN_BLOCKS } from "../measure/bootstrap.ts";
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";
import { listWideRatios, type NeighbourRatio } from "../measure/precision-rule.ts";

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
      `As precise as was asked for: after ${blocks} blocks no ratio of neighbours has an interval wider than ${goal}.`,
    ];
  const end = blocks < mostBlocks ? "when it was stopped" : "the most that were to be made";
  const list = wide.length === 0 ? "" : ` Wider than ${goal}: ${wide.map(describeRatio).join("; ")}.`;
  return [
    `Not as precise as was asked for after ${blocks} ${blocks === 1 ? "block" : "blocks"}, ${end}.${list}`,
  ];
}

function describeRatio({ workload, faster, slower, width }: NeighbourRatio): string {
  return `${workload}, ${faster} over ${slower} (${width === null ? "no interval" : formatPart(width)})`;
}

function formatPart(part: number): string {
  return `${(part * 100).toLocaleString("en-US", { maximumSignificantDigits: 2 })} %`;
}
