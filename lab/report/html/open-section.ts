// How long requests take that come at a constant rate.
import type { Difference } from "../../measure/difference.ts";
import type { Measurement } from "../../measure/measurement.ts";
import { COMMON_RATE } from "../../measure/rates.ts";
import { nameRow } from "../comparison.ts";
import { formatCount, formatMs } from "../format.ts";
import { listOpenColumns, rateColumn, renderFaults } from "../open-comparison.ts";
import { renderGenerators } from "../open-generators.ts";
import { compareRates, OPEN_FIGURES, renderOpenPrecision } from "../open-precision.ts";
import { type OpenRow, P99_MIN_REQUESTS, type SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import type { ApproachMarks } from "./approach-marks.ts";
import { renderDataTable } from "./data-table.ts";
import { renderFigure } from "./figure.ts";
import { renderDistribution } from "./latency-section.ts";
import { drawLines, type Line } from "./line-chart.ts";
import { html, type Markup } from "./markup.ts";
import { nameSubject, type Subject } from "./subject.ts";
import { capitalise, formatRough, joinWords, writeEstimate, writeInterval } from "./words.ts";

const FROM_INTENDED =
  "Time counts from the moment that was meant for a request, whether it could begin then or not.";

/** Renders the open load of one workload: at one rate for all, and at parts of what each approach can do. */
export function renderOpen(subject: Subject, marks: ApproachMarks): Markup {
  const isCommon = ({ rate }: OpenRow) => rate === COMMON_RATE;
  const { measurements } = subject.run;
  const notes = [
    ...renderGenerators(subject.open),
    ...renderFaults(subject.open),
    ...renderOpenPrecision(subject.open, measurements, subject.workload),
  ];
  return html`${renderCommon(subject, subject.open.filter(isCommon), marks)}
${renderParts(
  subject,
  subject.open.filter((row) => !isCommon(row)),
  marks,
)}
${notes.length === 0 ? null : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

function renderCommon(subject: Subject, rows: readonly OpenRow[], marks: ApproachMarks): Markup {
  const good = rows.filter(({ blocks }) => blocks > 0);
  const rate = formatCount(rows[0]?.targetRequestsPerSecond ?? 0);
  const caption = `time to the answer at ${rate} requests per second, ${nameSubject(subject)}`;
  const table = renderDataTable(caption, listOpenColumns(), rows);
  if (good.length === 0) return table;
  return renderDistribution(
    {
      id: `open-common-${subject.id}`,
      meaning: `All were asked ${rate} times per second. ${FROM_INTENDED}`,
      table,
      rows: good,
      trialsOf: (row) => listTrials(subject, row, COMMON_RATE),
    },
    marks,
  );
}

function listTrials({ run, workload }: Subject, row: SummaryRow, rate: string): Measurement[] {
  return run.measurements.filter(
    (trial) =>
      trial.load === "open" &&
      trial.workload === workload &&
      trial.approach === row.approach &&
      (trial.isAgain === true) === row.isAgain &&
      trial.rate === rate &&
      trial.error === undefined,
  );
}

function renderParts(subject: Subject, rows: readonly OpenRow[], marks: ApproachMarks): Markup {
  const [nameColumn, ...columns] = listOpenColumns();
  const caption = `time to the answer at parts of the capacity, ${nameSubject(subject)}`;
  const table = renderDataTable(caption, [nameColumn as Column<OpenRow>, rateColumn, ...columns], rows);
  const good = rows.filter(({ blocks }) => blocks > 0);
  if (good.length === 0) return table;
  const partOf = ({ rate }: OpenRow) => Number.parseFloat(rate);
  const parts = [...new Set(good.map(partOf))].sort((a, b) => a - b);
  // Each block needs the requests for itself, for its latencies are compared.
  const hasTails = good.every(
    ({ latencyMs, requests, blocks }) => latencyMs.p99 !== null && requests / blocks >= P99_MIN_REQUESTS,
  );
  const part = hasTails ? "99 %" : "half";
  const figureOf = ({ latencyMs: { p50, p99 } }: OpenRow) => (hasTails && p99 !== null ? p99 : p50);
  const lines = [...Map.groupBy(good, nameRow)].map(
    ([name, of]): Line => ({
      name,
      mark: marks(of[0]?.approach ?? ""),
      points: of
        .map((row) => ({ x: partOf(row), y: figureOf(row), isFigure: true }))
        .sort((a, b) => a.x - b.x),
    }),
  );
  return renderFigure({
    id: `open-parts-${subject.id}`,
    finding: writeWaiting(subject, good, hasTails),
    legend: `Time in which ${part} of the requests were answered, at parts of what each approach can do; bars are 95 % intervals. ${FROM_INTENDED}`,
    description: lines
      .map(
        ({ name, points }) =>
          `${name}: ${points.map(({ x, y }) => `${writeEstimate(y, formatMs)} at ${x} %`).join(", ")}`,
      )
      .join("; "),
    draw: drawLines(lines, {
      namesAt: "end",
      x: {
        axis: {
          type: "linear",
          domain: [(parts[0] ?? 0) - 5, (parts.at(-1) ?? 100) + 5],
          ticks: parts,
        },
        label: "rate, part of what the approach can do",
        format: (part) => `${part} %`,
      },
      y: { label: `${part} answered within`, format: formatMs },
    }),
    table,
  });
}

/** How the waiting time changes from the lowest rate to the highest, within blocks: where it grows least and where most,
 * and where no change was found. */
function writeWaiting({ run, workload }: Subject, rows: readonly OpenRow[], hasTails: boolean): string {
  const by = hasTails ? OPEN_FIGURES.p99 : OPEN_FIGURES.p50;
  const time = `the time in which ${hasTails ? "99 %" : "half"} of the requests are answered`;
  const changes = [...Map.groupBy(rows, nameRow)].flatMap(([name, of]) => {
    const [low, high] = [of[0], of.at(-1)];
    if (low === undefined || high === undefined || low === high) return [];
    const difference = compareRates(run.measurements, workload, { high, low, by });
    return difference === null ? [] : [{ name, low, high, ...difference }];
  });
  const [first] = changes;
  if (first === undefined) return `${capitalise(time)} was not measured at two rates`;
  const isDecided = ({ finding }: Pick<Difference, "finding">) => finding === "higher" || finding === "lower";
  const decided = changes.filter(isDecided).sort((a, b) => a.ratio.value - b.ratio.value);
  const same = changes.filter(({ finding }) => finding === "no difference found").map(({ name }) => name);
  const rates = `From ${Number.parseFloat(first.low.rate)} to ${first.high.rate.replace("%", " %")} of its capacity`;
  const ends = [...new Set([decided[0], decided.at(-1)])].flatMap((change) => change ?? []);
  const times = ends.map(
    ({ name, ratio }) => `${formatRough(ratio.value)} times as long ${writeInterval(ratio)} with ${name}`,
  );
  const parts = [
    ...(times.length > 0 ? [`${time} becomes ${joinWords(times)}`] : []),
    ...(same.length > 0
      ? [`no change ${times.length > 0 ? "" : `of ${time} `}was found with ${joinWords(same)}`]
      : []),
  ];
  return parts.length > 0
    ? `${rates}, ${parts.join("; ")}`
    : `${rates}: blocks too few to say how ${time} changes`;
}
