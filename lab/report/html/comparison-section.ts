// How many requests a second: one chart and one table per workload and size.

import { MIN_BLOCKS } from "../../measure/bootstrap.ts";
import {
  impliedColumn,
  lessonsColumn,
  limitColumn,
  nameColumn,
  nameRow,
  renderNotes,
  throughputColumns,
} from "../comparison.ts";
import { formatCount, formatRange, formatRatio } from "../format.ts";
import { renderLimits } from "../limits.ts";
import { renderPrecision } from "../precision.ts";
import type { SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import type { ApproachMarks } from "./approach-marks.ts";
import { renderDataTable } from "./data-table.ts";
import { renderFigure } from "./figure.ts";
import { drawIntervals } from "./interval-chart.ts";
import { html, type Markup } from "./markup.ts";
import { compareThroughput, nameRequests, nameSubject, type Subject, storesUsers } from "./subject.ts";
import { countThings, joinWords, writeInterval } from "./words.ts";

/** Renders the comparison of the approaches under one workload. */
export function renderComparisonFigure(subject: Subject, marks: ApproachMarks): Markup {
  const shown = subject.rows.filter(({ blocks }) => blocks > 0);
  const table = renderDataTable(
    `requests per second, ${nameSubject(subject)}`,
    listColumns(subject),
    subject.rows,
  );
  const notes = html`<ul class="notes">${listNotes(subject).map((note) => html`<li>${note}</li>`)}</ul>`;
  if (shown.length === 0) return html`<p>No trial without a fault.</p>${table}${notes}`;
  const blocks = Math.max(...shown.map((row) => row.blocks));
  const hasIntervals = shown.some(({ requestsPerSecond }) => requestsPerSecond.low !== null);
  const figure = renderFigure({
    id: `throughput-${subject.id}`,
    finding: writeOrder(subject),
    legend: [
      `Requests per second: the mark is the median of ${countThings(blocks, "block")}${hasIntervals ? ", the bar its 95 % interval" : ""}.`,
      ...(shown.some(isLimited) ? ["≥: the load generator was the limit, the approach may do more."] : []),
      ...(shown.some(({ isAgain }) => isAgain)
        ? ["An outlined mark: made again, with another load generator."]
        : []),
    ].join(" "),
    description: shown.map(describe).join("; "),
    draw: drawIntervals(
      shown.map((row) => ({
        name: nameRow(row),
        mark: marks(row.approach),
        estimate: row.requestsPerSecond,
        figure: `${isLimited(row) ? "≥ " : ""}${formatCount(row.requestsPerSecond.value)}`,
        isHollow: row.isAgain,
      })),
      { label: "requests per second", format: formatCount },
    ),
    table,
  });
  return html`${figure}${notes}`;
}

function isLimited({ verdicts }: SummaryRow): boolean {
  return verdicts.includes("client-limited");
}

function describe(row: SummaryRow): string {
  const interval = writeInterval(row.requestsPerSecond, formatCount);
  return `${nameRow(row)} ${formatCount(row.requestsPerSecond.value)} requests per second ${interval}`.trim();
}

/** "Most reads a second: map; then binary and sqlite, which cannot be told apart; then linear". Who is said to come after
 * others is told apart from each of them. */
export function writeOrder(subject: Subject): string {
  const { own } = subject;
  const most = `Most ${nameRequests(subject)} a second`;
  if (own.some(({ blocks }) => blocks < MIN_BLOCKS))
    return `${most} in blocks too few to be sure: ${joinWords(own.map(({ approach }) => approach))}, in this order`;
  const isLevel = (first: string, second: string) =>
    compareThroughput(subject, first, second).finding === "no difference found";
  const groups: string[][] = [];
  for (const { approach } of own) {
    const group = groups.at(-1);
    if (group?.some((member) => isLevel(member, approach))) group.push(approach);
    else groups.push([approach]);
  }
  const write = (names: readonly string[]) => {
    if (names.length === 1) return names.join("");
    const areAllLevel = names.every((first, index) =>
      names.slice(index + 1).every((second) => isLevel(first, second)),
    );
    return `${joinWords(names)}, ${areAllLevel ? "which cannot" : "not all of which can"} be told apart`;
  };
  return `${most}: ${groups.map(write).join("; then ")}`;
}

function listColumns(subject: Subject): Column<SummaryRow>[] {
  return [
    nameColumn,
    ...throughputColumns,
    ...ratioColumns(subject),
    limitColumn,
    impliedColumn,
    lessonsColumn(subject.workload, subject.size),
  ];
}

/** How many times as much the quickest store answers, within blocks. */
function ratioColumns(subject: Subject): Column<SummaryRow>[] {
  const best = subject.own.find(storesUsers)?.approach;
  if (best === undefined) return [];
  return [
    {
      title: `${best} / this`,
      align: "right",
      cell: ({ approach, blocks, isAgain }) => {
        if (blocks === 0 || isAgain || approach === best) return "";
        const { ratio } = compareThroughput(subject, best, approach);
        const range = formatRange(ratio, formatRatio);
        return `${formatRatio(ratio.value)}${range && ` (${range})`}`;
      },
    },
  ];
}

function listNotes({ rows, run, workload }: Subject): string[] {
  return [
    ...renderNotes(rows, { durationMs: run.environment.durationMs }),
    ...renderLimits(run.measurements, workload),
    ...renderPrecision(rows, run.measurements, workload),
  ];
}
