// How the approaches of a table compare with those next to them, in words: ratios within blocks.
import { type ByBlock, compareWithinBlocks } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { formatRange, formatRatio } from "./format.ts";

/** What approaches are compared by. */
export interface NeighbourFigure {
  /** Within a sentence, and at its beginning. */
  readonly name: string;
  readonly title: string;
  /** Null where a trial cannot say. */
  readonly of: (trial: Measurement) => number | null;
}

/** Under a closed load. CPU time is that of the service and of its database. */
const CLOSED_FIGURES: readonly NeighbourFigure[] = [
  { name: "throughput", title: "Throughput", of: ({ requestsPerSecond }: Measurement) => requestsPerSecond },
  {
    name: "CPU/request",
    title: "CPU/request",
    of: ({ serverCpuMicrosPerRequest, databaseCpuMicrosPerRequest = 0 }: Measurement) =>
      serverCpuMicrosPerRequest + databaseCpuMicrosPerRequest,
  },
];

/** Compares each approach with the next by each figure.
 * @param names in the order of the table
 * @param trialsOf returns the trials of an approach that count */
export function renderNeighbours(
  names: readonly string[],
  trialsOf: (approach: string) => readonly Measurement[],
  figures: readonly NeighbourFigure[] = CLOSED_FIGURES,
): string[] {
  const pairs = names.flatMap((name, index) => {
    const next = names[index + 1];
    return next === undefined ? [] : [[name, next] as const];
  });
  return figures.flatMap(({ name, title, of }) => {
    const byBlock = (approach: string): ByBlock =>
      new Map(
        trialsOf(approach).flatMap((trial) => {
          const value = of(trial);
          return value === null ? [] : [[trial.block, value] as const];
        }),
      );
    const compared = pairs.flatMap(([one, other]) => {
      const inOrder = compareWithinBlocks(byBlock(one), byBlock(other));
      if (inOrder.finding === "unknown") return [];
      const isMore = inOrder.ratio.value >= 1;
      // How many times as much is easier to read than which part.
      const [first, second] = isMore ? [one, other] : [other, one];
      const { ratio, finding } = compareWithinBlocks(byBlock(first), byBlock(second));
      const range = formatRange(ratio, formatRatio);
      const times = `${formatRatio(ratio.value)} times${range && `, ${range}`}`;
      const isDecided = finding === "higher" || finding === "lower";
      return { isDecided, first, second, times };
    });
    const decided = compared.filter(({ isDecided }) => isDecided);
    const undecided = compared.filter(({ isDecided }) => !isDecided);
    return [
      ...(decided.length > 0
        ? [
            `${title} within blocks: ${decided.map(({ first, second, times }) => `${first} to ${second} ${times}`).join("; ")}.`,
          ]
        : []),
      ...(undecided.length > 0
        ? [
            `Cannot be told apart by ${name}: ${undecided.map(({ first, second, times }) => `${first} and ${second} (${times})`).join("; ")}.`,
          ]
        : []),
    ];
  });
}
