// What a table's figures are not precise enough for, in words.
import { estimateMedian, MIN_BLOCKS, relativeWidth } from "../measure/bootstrap.ts";
import type { Measurement } from "../measure/measurement.ts";
import { CANARY_LIMIT, FSYNC_LIMIT, findNoisyTrials, PRESSURE_LIMIT, STEAL_LIMIT } from "../measure/noise.ts";
import { estimateTrend, hasTrend } from "../measure/warmth.ts";
import { formatCount, formatMicros, formatRange, withMargin } from "./format.ts";
import { renderNeighbours } from "./neighbours.ts";
import type { SummaryRow } from "./summary.ts";

/** Intervals wider than this part of their figure are named. CPU time is the steadier of the two. */
const THROUGHPUT_MAX_WIDTH = 0.1;
const CPU_MAX_WIDTH = 0.05;

/** What makes a trial a noisy one, in words. */
export const NOISE_RULE =
  `fixed work took over ${CANARY_LIMIT} times as long as usual, a synced write over ${FSYNC_LIMIT} times, the ` +
  `hypervisor gave over ${STEAL_LIMIT * 100} % of a core to others, or somebody waited for a core over ` +
  `${PRESSURE_LIMIT * 100} % of the time`;

/** Says which intervals are wide, how neighbours in the table compare and which cannot be told apart. `rows` as in the
 * table. */
export function renderPrecision(
  rows: readonly SummaryRow[],
  measurements: readonly Measurement[],
  workload: string,
): string[] {
  const good = rows.filter((row) => row.blocks > 0 && !row.isAgain);
  const noise = renderNoise(rows, measurements, workload);
  if (good.some((row) => row.blocks < MIN_BLOCKS))
    return [
      `Fewer than ${MIN_BLOCKS} blocks say too little about chance: no intervals, and no order of the approaches.`,
      ...noise,
    ];
  const wide = good.flatMap(nameWide);
  const trialsOf = (approach: string) => measurements.filter((trial) => isGood(trial, approach, workload));
  return [
    ...(wide.length > 0
      ? [
          `Not precise (throughput over 10 %, CPU over 5 % wide): ${wide.join("; ")}. More blocks make it narrower.`,
        ]
      : []),
    ...renderTrends(
      good.map(({ approach }) => approach),
      measurements,
      workload,
    ),
    ...renderNeighbours(
      good.map(({ approach }) => approach),
      trialsOf,
    ),
    ...noise,
  ];
}

/** Names approaches that became faster or slower while they were measured. */
export function renderTrends(
  approaches: readonly string[],
  measurements: readonly Measurement[],
  workload: string,
): string[] {
  const changing = approaches.flatMap((approach) => {
    const trials = measurements.filter((trial) => isGood(trial, approach, workload));
    const trends = (["first", "second"] as const).flatMap((from) => {
      const trend = estimateTrend(trials, from);
      if (trend === null || !hasTrend(trend)) return [];
      const range = formatRange(trend, (value) => value.toFixed(2));
      return [`${trend.value.toFixed(2)} times the ${from}, ${range}`];
    });
    return trends.length === 0 ? [] : [`${approach} (${trends.join("; ")})`];
  });
  if (changing.length === 0) return [];
  return [
    `Not steady: the last third of the window against earlier ones: ${changing.join("; ")}. A longer WARMUP shows whether ` +
      "that is warming up.",
  ];
}

/** Says how many trials met a noisy machine, and what the throughput is without them. */
function renderNoise(
  rows: readonly SummaryRow[],
  measurements: readonly Measurement[],
  workload: string,
): string[] {
  const noisy = findNoisyTrials(measurements);
  const ofWorkload = measurements.filter((trial) => trial.workload === workload && isOwn(trial));
  const count = ofWorkload.filter(({ trial }) => noisy.has(trial)).length;
  if (count === 0) return [];
  const quiet = ofWorkload.filter(({ trial, error }) => !noisy.has(trial) && error === undefined);
  const without = rows.flatMap(({ approach, isAgain }) => {
    if (isAgain) return [];
    const trials = quiet.filter((trial) => trial.approach === approach);
    if (trials.length === 0) return `${approach} –`;
    const figures = [
      withMargin(estimateMedian(trials.map((trial) => trial.requestsPerSecond)), formatCount),
      withMargin(estimateMedian(trials.map((trial) => trial.serverCpuMicrosPerRequest)), formatMicros),
    ];
    return `${approach} ${figures.join(", ")}`;
  });
  return [
    `${count} of ${ofWorkload.length} trials met a noisy machine (${NOISE_RULE}). They count; req/s and CPU/request ` +
      `without them: ${without.join("; ")}.`,
  ];
}

function nameWide({ approach, requestsPerSecond, serverCpuMicrosPerRequest }: SummaryRow): string[] {
  const figures = [
    { name: "throughput", width: relativeWidth(requestsPerSecond), limit: THROUGHPUT_MAX_WIDTH },
    { name: "CPU", width: relativeWidth(serverCpuMicrosPerRequest), limit: CPU_MAX_WIDTH },
  ];
  const wide = figures.flatMap(({ name, width, limit }) =>
    width !== null && width > limit ? [`${name} ${Math.round(width * 100)} %`] : [],
  );
  return wide.length === 0 ? [] : [`${approach} ${wide.join(", ")}`];
}

/** Whether a trial is of the closed load and the generator that the run is about. */
function isOwn({ load, isAgain }: Measurement): boolean {
  return load === "closed" && !isAgain;
}

function isGood(trial: Measurement, approach: string, workload: string): boolean {
  return (
    isOwn(trial) && trial.approach === approach && trial.workload === workload && trial.error === undefined
  );
}
