// How long requests take that come at a constant rate.
import type { Measurement } from "../../measure/measurement.ts";
import { COMMON_RATE } from "../../measure/rates.ts";
import { nameRow } from "../comparison.ts";
import { formatCount, formatMs } from "../format.ts";
import { listOpenColumns, rateColumn, renderFaults } from "../open-comparison.ts";
import { renderGenerators } from "../open-generators.ts";
import type { OpenRow, SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import type { ApproachMarks } from "./approach-marks.ts";
import { renderDataTable } from "./data-table.ts";
import { renderFigure } from "./figure.ts";
import { renderDistribution } from "./latency-section.ts";
import { drawLines, type Line } from "./line-chart.ts";
import { html, type Markup } from "./markup.ts";
import { nameSubject, type Subject } from "./subject.ts";
import { formatRough, joinWords, writeEstimate } from "./words.ts";

const FROM_INTENDED =
  "Time counts from the moment that was meant for a request, whether it could begin then or not.";

/** Renders the open load of one workload: at one rate for all, and at parts of what each approach can do. */
export function renderOpen(subject: Subject, marks: ApproachMarks): Markup {
  const isCommon = ({ rate }: OpenRow) => rate === COMMON_RATE;
  const faults = [...renderGenerators(subject.open), ...renderFaults(subject.open)];
  return html`${renderCommon(subject, subject.open.filter(isCommon), marks)}
${renderParts(
  subject,
  subject.open.filter((row) => !isCommon(row)),
  marks,
)}
${faults.length === 0 ? null : html`<ul class="notes">${faults.map((fault) => html`<li>${fault}</li>`)}</ul>`}`;
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
  const hasTails = good.every(({ latencyMs }) => latencyMs.p99 !== null);
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
    finding: writeWaiting(lines, part),
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

/** How the waiting time changes from the lowest rate to the highest, where it shrinks most or grows least, and where it
 * grows most. */
function writeWaiting(lines: readonly Line[], part: string): string {
  const changes = lines.flatMap(({ name, points }) => {
    const [low, high] = [points[0], points.at(-1)];
    if (low === undefined || high === undefined || low === high) return [];
    const factor = high.y.value / low.y.value;
    const range = `${formatMs(low.y.value)} to ${formatMs(high.y.value)}`;
    return { low, high, factor, text: `${formatRough(factor)} times as long with ${name} (${range})` };
  });
  const sorted = changes.sort((a, b) => a.factor - b.factor);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined)
    return `The time in which ${part} of the requests are answered was measured at one rate only`;
  const texts = [...new Set([least.text, most.text])];
  const rates = `From ${least.low.x} to ${least.high.x} % of its capacity`;
  return `${rates}, the time in which ${part} of the requests are answered becomes ${joinWords(texts)}`;
}
