// What the tables of an open load are not precise enough for, in words.
import { MIN_BLOCKS, relativeWidth } from "../measure/bootstrap.ts";
import { type ByBlock, compareWithinBlocks, type Difference } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { formatExact } from "./format.ts";
import { type NeighbourFigure, renderNeighbours } from "./neighbours.ts";
import { type OpenRow, P99_MIN_REQUESTS } from "./summary.ts";

/** Intervals of a latency that are wider than this part of it are named. */
const LATENCY_MAX_WIDTH = 0.1;

/** Latencies of a trial by which approaches are compared; null where its requests are too few. */
export const OPEN_FIGURES = {
  p50: { name: "p50", title: "p50", of: ({ latencyMs }: Measurement) => latencyMs.p50 },
  p99: {
    name: "p99",
    title: "p99",
    of: ({ latencyMs, requests }: Measurement) => (requests < P99_MIN_REQUESTS ? null : latencyMs.p99),
  },
} satisfies Record<string, NeighbourFigure>;

/** Says, rate by rate, which latencies are wide, how neighbours in the table compare and which cannot be told apart. Only
 * trials by the same generator are compared: each has latencies of its own.
 * @param rows as in the tables */
export function renderOpenPrecision(
  rows: readonly OpenRow[],
  measurements: readonly Measurement[],
  workload: string,
): string[] {
  const good = rows.filter((row) => row.blocks > 0 && !row.isAgain);
  const rare = good.filter((row) => row.targetRequestsPerSecond > 0 && row.latencyMs.p99 === null);
  const few = good.filter((row) => row.blocks < MIN_BLOCKS);
  const sure = good.filter((row) => row.blocks >= MIN_BLOCKS);
  const wide = sure.flatMap(nameWide);
  const groups = Map.groupBy(sure, ({ rate, generator }) => `${rate}\t${generator}`);
  const isMixed = new Set(sure.map(({ generator }) => generator)).size > 1;
  return [
    ...(few.length > 0
      ? [
          `Fewer than ${MIN_BLOCKS} blocks say too little about chance: no intervals and no order of ${few.map(nameAtRate).join("; ")}.`,
        ]
      : []),
    ...(rare.length > 0
      ? [
          `Too few requests for a p99, which takes ${formatExact(P99_MIN_REQUESTS)}: ${rare.map(nameAtRate).join("; ")}. ` +
            `DURATION=${findDurationSeconds(rare)}s makes as many in each trial.`,
        ]
      : []),
    ...(wide.length > 0
      ? [
          `Not precise (over ${LATENCY_MAX_WIDTH * 100} % wide): ${wide.join("; ")}. More blocks make it narrower.`,
        ]
      : []),
    ...[...groups.values()].flatMap((of) => {
      const [{ rate, generator }] = of as [OpenRow, ...OpenRow[]];
      const place = `At ${nameRate(rate)}${isMixed ? `, by ${generator}` : ""}: `;
      const sentences = renderNeighbours(
        of.map(({ approach }) => approach),
        (approach) => listOpenTrials(measurements, { approach, workload, rate, generator }),
        Object.values(OPEN_FIGURES),
      );
      return sentences.map((sentence) => place + sentence);
    }),
  ];
}

/** Compares the latency of an approach at two rates within blocks; null where they are of different generators. */
export function compareRates(
  measurements: readonly Measurement[],
  workload: string,
  { high, low, by }: { readonly high: OpenRow; readonly low: OpenRow; readonly by: NeighbourFigure },
): Difference | null {
  if (high.generator !== low.generator || high.isAgain !== low.isAgain) return null;
  const byBlock = ({ approach, rate, generator, isAgain }: OpenRow): ByBlock =>
    new Map(
      listOpenTrials(measurements, { approach, workload, rate, generator, isAgain }).map((trial) => [
        trial.block,
        by.of(trial) ?? 0,
      ]),
    );
  return compareWithinBlocks(byBlock(high), byBlock(low));
}

/** Lists the good trials of a row. */
function listOpenTrials(
  measurements: readonly Measurement[],
  {
    isAgain = false,
    ...same
  }: Pick<Measurement, "approach" | "workload" | "generator"> & {
    readonly rate: string;
    readonly isAgain?: boolean;
  },
): Measurement[] {
  return measurements.filter(
    (trial) =>
      trial.load === "open" &&
      trial.error === undefined &&
      (trial.isAgain === true) === isAgain &&
      trial.approach === same.approach &&
      trial.workload === same.workload &&
      trial.rate === same.rate &&
      trial.generator === same.generator,
  );
}

/** How long a window must be, in whole seconds, for every one of these rows to have a p99 in each block. */
function findDurationSeconds(rows: readonly OpenRow[]): number {
  return Math.ceil(P99_MIN_REQUESTS / Math.min(...rows.map((row) => row.targetRequestsPerSecond)));
}

function nameWide(row: OpenRow): string[] {
  const wide = (["p50", "p99"] as const).flatMap((name) => {
    const estimate = row.latencyMs[name];
    const width = estimate === null ? null : relativeWidth(estimate);
    return width !== null && width > LATENCY_MAX_WIDTH ? [`${name} ${Math.round(width * 100)} %`] : [];
  });
  return wide.length === 0 ? [] : [`${nameAtRate(row)} ${wide.join(", ")}`];
}

function nameAtRate({ approach, rate }: OpenRow): string {
  return `${approach} at ${nameRate(rate)}`;
}

/** "one rate for all", "50 %". */
function nameRate(rate: string): string {
  return rate.endsWith("%") ? rate.replace("%", " %") : "one rate for all";
}
