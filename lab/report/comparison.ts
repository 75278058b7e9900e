// The tables of one workload, how fast and at which cost: for the terminal and for report.md alike.
import { publishedFigures } from "../measure/lessons.ts";
import type { Measurement } from "../measure/measurement.ts";
import { formatCount, formatMegabytes, formatMicros, formatMs, formatRange, withMargin } from "./format.ts";
import { renderLimits } from "./limits.ts";
import { renderPrecision } from "./precision.ts";
import { type SummaryRow, summarize } from "./summary.ts";
import { type Column, renderTable } from "./table.ts";

/** Renders one workload's comparison with its notes, as Markdown. */
export function renderComparison(
  measurements: readonly Measurement[],
  workload: string,
  options: { readonly writes: boolean; readonly durationMs: number },
): string {
  const rows = summarize(measurements, workload);
  const size = measurements[0]?.size ?? 0;
  const speed = [
    nameColumn,
    ...throughputColumns,
    ...latencyColumns,
    limitColumn,
    lessonsColumn(workload, size),
  ];
  const survives = options.writes ? [survivesColumn] : [];
  const cost = [nameColumn, cpuColumn, impliedColumn, ...spaceColumns, ...survives];
  const notes = [
    ...renderNotes(rows, options),
    ...renderLimits(measurements, workload),
    ...renderPrecision(rows, measurements, workload),
  ];
  return [renderTable(speed, rows), renderTable(cost, rows), ...notes].join("\n\n");
}

const figure = (title: string, cell: (row: SummaryRow) => string): Column<SummaryRow> => ({
  title,
  align: "right",
  cell: (row) => (row.blocks === 0 ? "–" : cell(row)),
});

export const nameColumn: Column<SummaryRow> = { title: "approach", align: "left", cell: nameRow };
export const throughputColumns = [
  figure("req/s", (row) => formatCount(row.requestsPerSecond.value)),
  figure("95 % interval", (row) => formatRange(row.requestsPerSecond, formatCount)),
];
const latencyColumns = [
  figure("p50", (row) => withMargin(row.latencyMs.p50, formatMs)),
  figure("p99", ({ latencyMs }) => (latencyMs.p99 ? withMargin(latencyMs.p99, formatMs) : "too few")),
  figure("max", (row) => formatMs(row.latencyMs.max)),
];
export const limitColumn: Column<SummaryRow> = {
  title: "limit",
  align: "left",
  cell: (row) => row.verdicts.join(", ") || "invalid",
};
export const cpuColumn = figure("CPU/request", formatCpu);
export const impliedColumn = figure("its CPU allows", ({ impliedRequestsPerSecond: implied }) =>
  implied === null ? "" : `≈ ${withMargin(implied, formatCount)} req/s (derived)`,
);
export const spaceColumns = [
  figure("memory", (row) => withMargin(row.serverRssBytes, formatMegabytes)),
  figure("ready in", (row) => withMargin(row.startupMs, formatMs)),
];
export const survivesColumn: Column<SummaryRow> = {
  title: "survives",
  align: "left",
  cell: (row) => row.durability,
};

/** Trials that were made again are named by their generator. */
export function nameRow({ approach, generator, isAgain }: SummaryRow): string {
  return isAgain ? `${approach}, by ${generator}` : approach;
}

export function lessonsColumn(workload: string, size: number): Column<SummaryRow> {
  const published = publishedFigures(workload, size);
  const hasPublished = Object.keys(published).length > 0;
  return {
    title: "the lesson's",
    align: "right",
    cell: ({ approach, isAgain }) => {
      if (isAgain) return "";
      const figure = published[approach];
      if (figure === undefined) return hasPublished ? "–" : "";
      return `${formatCount(figure.requestsPerSecond)} req/s, ${formatMs(figure.latencyMs)}`;
    },
  };
}

function formatCpu({ serverCpuMicrosPerRequest, databaseCpuMicrosPerRequest }: SummaryRow): string {
  const service = withMargin(serverCpuMicrosPerRequest, formatMicros);
  if (databaseCpuMicrosPerRequest === null) return service;
  return `${service} + ${withMargin(databaseCpuMicrosPerRequest, formatMicros)}`;
}

export function renderNotes(
  rows: readonly SummaryRow[],
  { durationMs }: { readonly durationMs: number },
): string[] {
  return rows.flatMap((row) => {
    const notes: string[] = [];
    if (row.storesNothing && !row.isAgain) notes.push("stores nothing: what HTTP alone costs");
    if (row.windowMs > durationMs * 1.1) {
      notes.push(
        `the window grew from ${formatMs(durationMs)} to ${formatMs(row.windowMs)}, until the last answer`,
      );
    }
    if (row.unfinished > 0) notes.push(`${row.unfinished} requests were not answered within the wait limit`);
    if (row.databaseCpuMicrosPerRequest) notes.push("CPU/request is the service's + the database's");
    for (const fault of row.faults) notes.push(`a trial left out: ${fault}`);
    return notes.length === 0 ? [] : [`${nameRow(row)}: ${notes.join("; ")}.`];
  });
}
