// The table of one workload: for the terminal and for report.md alike.
import type { Measurement } from "../measure/measurement.ts";
import { formatCount, formatMegabytes, formatMicros, formatMs } from "./format.ts";
import { publishedFigures } from "./lessons.ts";
import { type Spread, type SummaryRow, summarize } from "./summary.ts";
import { type Column, renderTable } from "./table.ts";

/** Renders one workload's comparison with its notes, as Markdown. `summaries` explains approaches by name. */
export function renderComparison(
  measurements: readonly Measurement[],
  workload: string,
  options: {
    readonly writes: boolean;
    readonly storesNothing: readonly string[];
    readonly durationMs: number;
  },
): string {
  const rows = summarize(measurements, workload);
  const size = measurements[0]?.size ?? 0;
  const published = publishedFigures(workload, size);
  const hasPublished = Object.keys(published).length > 0;
  const columns: Column<SummaryRow>[] = [
    { title: "approach", align: "left", cell: (row) => row.approach },
    {
      title: "req/s",
      align: "right",
      cell: unlessFailed((row) => formatCount(row.requestsPerSecond.median)),
    },
    {
      title: "lowest to highest",
      align: "right",
      cell: unlessFailed((row) => formatRange(row.requestsPerSecond)),
    },
    { title: "p50", align: "right", cell: unlessFailed((row) => formatMs(row.latencyMs.p50)) },
    { title: "p99", align: "right", cell: unlessFailed((row) => formatP99(row)) },
    { title: "max", align: "right", cell: unlessFailed((row) => formatMs(row.latencyMs.max)) },
    { title: "CPU/request", align: "right", cell: unlessFailed(formatCpu) },
    { title: "memory", align: "right", cell: unlessFailed((row) => formatMegabytes(row.serverRssBytes)) },
    { title: "ready in", align: "right", cell: unlessFailed((row) => formatMs(row.startupMs)) },
    { title: "survives", align: "left", cell: (row) => (options.writes ? row.durability : "") },
    { title: "limit", align: "left", cell: (row) => row.verdicts.join(", ") || "invalid" },
    {
      title: "the lesson's",
      align: "right",
      cell: ({ approach }) => {
        const figure = published[approach];
        if (figure === undefined) return hasPublished ? "–" : "";
        return `${formatCount(figure.requestsPerSecond)} req/s, ${formatMs(figure.latencyMs)}`;
      },
    },
  ];
  return [renderTable(columns, rows), ...renderNotes(rows, options)].join("\n\n");
}

function unlessFailed(cell: (row: SummaryRow) => string): (row: SummaryRow) => string {
  return (row) => (row.blocks === 0 ? "–" : cell(row));
}

function formatRange({ min, max }: Spread): string {
  return `${formatCount(min)} – ${formatCount(max)}`;
}

function formatP99({ latencyMs }: SummaryRow): string {
  return latencyMs.p99 === null ? "too few" : formatMs(latencyMs.p99);
}

function formatCpu({ serverCpuMicrosPerRequest, databaseCpuMicrosPerRequest }: SummaryRow): string {
  const service = formatMicros(serverCpuMicrosPerRequest.median);
  if (databaseCpuMicrosPerRequest === null) return service;
  return `${service} + ${formatMicros(databaseCpuMicrosPerRequest.median)}`;
}

function renderNotes(
  rows: readonly SummaryRow[],
  { storesNothing, durationMs }: { readonly storesNothing: readonly string[]; readonly durationMs: number },
): string[] {
  return rows.flatMap((row) => {
    const notes: string[] = [];
    if (storesNothing.includes(row.approach)) notes.push("stores nothing: what HTTP alone costs");
    if (row.windowMs > durationMs * 1.1) {
      notes.push(
        `the window grew from ${formatMs(durationMs)} to ${formatMs(row.windowMs)}, until the last answer`,
      );
    }
    if (row.unfinished > 0) notes.push(`${row.unfinished} requests were not answered within the wait limit`);
    if (row.databaseCpuMicrosPerRequest) notes.push("CPU/request is the service's + the database's");
    for (const fault of row.faults) notes.push(`a trial left out: ${fault}`);
    return notes.length === 0 ? [] : [`${row.approach}: ${notes.join("; ")}.`];
  });
}
