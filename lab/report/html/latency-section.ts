// How long a request takes: the distribution of the latencies of each approach.
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import type { Estimate } from "../../measure/bootstrap.ts";
import type { Measurement } from "../../measure/measurement.ts";
import { poolHistograms } from "../../measure/pooled-percentiles.ts";
import { nameRow } from "../comparison.ts";
import { formatMs, withMargin } from "../format.ts";
import type { SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import type { ApproachMarks } from "./approach-marks.ts";
import { renderDataTable } from "./data-table.ts";
import { renderFigure } from "./figure.ts";
import { drawLines, type Line, type LinePoint } from "./line-chart.ts";
import type { Markup } from "./markup.ts";
import { nameSubject, ownTrials, type Subject } from "./subject.ts";
import { joinWords, writeEstimate } from "./words.ts";

/** Percentiles of the table, by their names in a row. */
const PERCENTILES = { p50: 50, p90: 90, p99: 99, p999: 99.9 } as const;
type PercentileName = keyof typeof PERCENTILES;

/** Curves have so many points between 50 and 90 %, between 90 and 99 %, and so on. */
const POINTS_PER_DECADE = 16;
/** What is said of a percentile is the word of the requests above it: these are too few. */
const LEAST_REQUESTS_ABOVE = 10;

export interface Distribution {
  readonly id: string;
  /** What latency counts from, in a sentence. */
  readonly meaning: string;
  readonly table: Markup;
  /** With a good trial each. */
  readonly rows: readonly SummaryRow[];
  /** The good trials of a row. */
  readonly trialsOf: (row: SummaryRow) => readonly Measurement[];
}

/** Renders the latencies of one workload under a closed load. */
export function renderLatencies(subject: Subject, marks: ApproachMarks): Markup {
  const distribution = {
    id: `latency-${subject.id}`,
    meaning:
      "All connections ask again at once, so they wait for each other: this is the latency of a service that is as busy as can be.",
    table: renderDataTable(`time to the answer, ${nameSubject(subject)}`, columns, subject.own),
    rows: subject.own,
    trialsOf: ({ approach }: SummaryRow) => ownTrials(subject, approach),
  };
  return renderDistribution(distribution, marks);
}

/** Renders how latencies are distributed: a curve per row. */
export function renderDistribution(distribution: Distribution, marks: ApproachMarks): Markup {
  const { id, meaning, table, rows, trialsOf } = distribution;
  const lines = rows.map(
    (row): Line => ({
      name: nameRow(row),
      mark: marks(row.approach),
      points: listPoints(row, trialsOf(row)),
    }),
  );
  const ends = lines.map(({ points }) => points.at(-1)?.x ?? 1);
  const ticks = [...Object.values(PERCENTILES), 99.99]
    .map(toDistance)
    .filter((tick) => tick <= Math.max(...ends) + 0.05);
  return renderFigure({
    id,
    finding: writeSpread(rows),
    legend:
      "Time until the given part of all requests was answered, of all blocks together: the slower half of them. " +
      `Marks are the table's percentiles, bars their 95 % intervals. Both axes are logarithmic, the lower one in the distance to 100 %. ${meaning}`,
    description: rows.map(describe).join("; "),
    draw: drawLines(lines, {
      namesAt: "start",
      x: {
        axis: { type: "linear", domain: [FIRST, Math.max(...ends)], ticks },
        label: "part of requests answered",
        format: (distance) => `${Number((100 - 100 / 10 ** distance).toFixed(2))} %`,
      },
      y: { label: "time to the answer", format: formatMs },
    }),
    table,
  });
}

/** Where a percentile lies on an axis that shows the distance to 100 %: 1 at 90 %, 2 at 99 %. */
function toDistance(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}
/** The quicker half has little to tell. */
const FIRST = toDistance(50);

/** The percentiles of the table with their intervals; where there are histograms, the curve between them too. */
function listPoints({ latencyMs, requests }: SummaryRow, trials: readonly Measurement[]): LinePoint[] {
  const figures = Object.entries(PERCENTILES).flatMap(([name, percentile]): LinePoint[] => {
    const y: Estimate | null = latencyMs[name as PercentileName];
    return y === null ? [] : [{ x: toDistance(percentile), y, isFigure: true }];
  });
  const histograms = trials.flatMap(({ latencyHistogram }) => latencyHistogram ?? []);
  if (histograms.length < trials.length || histograms.length === 0) return figures;
  const read = poolHistograms(histograms.map((text) => decodeFromCompressedBase64(text)));
  const last = Math.log10(Math.max(1, requests / LEAST_REQUESTS_ABOVE));
  const count = Math.max(0, Math.floor((last - FIRST) * POINTS_PER_DECADE));
  const curve = Array.from({ length: count }, (_, index): LinePoint => {
    const x = FIRST + (index + 1) / POINTS_PER_DECADE;
    return { x, y: { value: read(100 - 100 / 10 ** x) / 1000, low: null, high: null }, isFigure: false };
  });
  return [...curve, ...figures].filter(({ y }) => y.value > 0).sort((a, b) => a.x - b.x);
}

/** "Half of all reads take less than 0.95 ms with map, 301 ms with linear; the slowest hundredth more than …". */
function writeSpread(rows: readonly SummaryRow[]): string {
  const byMedian = [...rows].sort((a, b) => a.latencyMs.p50.value - b.latencyMs.p50.value);
  const ends = [...new Set([byMedian[0], byMedian.at(-1)])].flatMap((row) => row ?? []);
  const write = (name: "p50" | "p99") =>
    joinWords(
      ends.flatMap((row) => {
        const figure = row.latencyMs[name];
        return figure === null ? [] : [`${formatMs(figure.value)} with ${nameRow(row)}`];
      }),
    );
  const slow = write("p99");
  return `Half of the requests are answered within ${write("p50")}${slow && `; one in a hundred takes more than ${slow}`}`;
}

function describe(row: SummaryRow): string {
  const { p50, p99 } = row.latencyMs;
  const tail = p99 === null ? "" : `, 99 % within ${writeEstimate(p99, formatMs)}`;
  return `${nameRow(row)}: half within ${writeEstimate(p50, formatMs)}${tail}`;
}

const columns: readonly Column<SummaryRow>[] = [
  { title: "approach", align: "left", cell: ({ approach }) => approach },
  ...(Object.entries(PERCENTILES) as [PercentileName, number][]).map(
    ([name, percentile]): Column<SummaryRow> => ({
      title: `${percentile} % within`,
      align: "right",
      cell: ({ latencyMs: { [name]: figure } }) =>
        figure === null ? "too few" : withMargin(figure, formatMs),
    }),
  ),
  { title: "slowest", align: "right", cell: ({ latencyMs }) => formatMs(latencyMs.max) },
  { title: "requests", align: "right", cell: ({ requests }) => requests.toLocaleString("en-US") },
];
