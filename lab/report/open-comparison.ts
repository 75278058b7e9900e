// The tables of one workload under an open load: how long requests take that come at a constant rate.
import type { Measurement } from "../measure/measurement.ts";
import { COMMON_RATE } from "../measure/rates.ts";
import { nameRow } from "./comparison.ts";
import { formatCount, formatMs, withMargin } from "./format.ts";
import { renderGenerators } from "./open-generators.ts";
import { renderOpenPrecision } from "./open-precision.ts";
import { type OpenRow, summarizeOpen } from "./summary.ts";
import { type Column, renderTable } from "./table.ts";

/** Renders latencies at the common rate and at parts of each approach's capacity, as Markdown; null where the workload
 * had no open load. */
export function renderOpenComparison(measurements: readonly Measurement[], workload: string): string | null {
  const rows = summarizeOpen(measurements, workload);
  if (rows.length === 0) return null;
  const [common, own] = [true, false].map((isCommon) =>
    rows.filter(({ rate }) => (rate === COMMON_RATE) === isCommon),
  ) as [OpenRow[], OpenRow[]];
  const rate = formatCount(common[0]?.targetRequestsPerSecond ?? 0);
  return [
    `At one rate for all, ${rate} requests per second:`,
    renderTable(listOpenColumns(), common),
    "At parts of what each approach can do (the first table):",
    renderTable([rateColumn, ...listOpenColumns()], own),
    "Latency counts from the time that was meant for a request, whether it could begin then or not. All requests of all " +
      "blocks together, ± to the farther end of the 95 % interval over blocks.",
    ...renderGenerators(rows),
    ...renderFaults(rows),
    ...renderOpenPrecision(rows, measurements, workload),
  ].join("\n\n");
}

export const rateColumn: Column<OpenRow> = {
  title: "of its capacity",
  align: "right",
  cell: ({ rate }) => rate.replace("%", " %"),
};

export function listOpenColumns(): Column<OpenRow>[] {
  const figure = (title: string, cell: (row: OpenRow) => string): Column<OpenRow> => ({
    title,
    align: "right",
    cell: (row) => (row.blocks === 0 ? "–" : cell(row)),
  });
  const latency = (title: string, key: "p50" | "p99" | "p999") =>
    figure(title, ({ latencyMs: { [key]: estimate } }) =>
      estimate === null ? "too few" : withMargin(estimate, formatMs),
    );
  return [
    { title: "approach", align: "left", cell: nameRow },
    { title: "asked req/s", align: "right", cell: (row) => formatCount(row.targetRequestsPerSecond) },
    figure("answered req/s", ({ requestsPerSecond }) => withMargin(requestsPerSecond, formatCount)),
    latency("p50", "p50"),
    latency("p99", "p99"),
    latency("p99.9", "p999"),
    figure("max", (row) => formatMs(row.latencyMs.max)),
    { title: "limit", align: "left", cell: (row) => row.verdicts.join(", ") || "invalid" },
  ];
}

/** Names the faults of each row, all of its trials in one sentence. */
export function renderFaults(rows: readonly OpenRow[]): string[] {
  return rows.flatMap((row) => {
    const [first, ...others] = row.faults;
    if (first === undefined) return [];
    const count = others.length === 0 ? "a trial" : `${row.faults.length} trials`;
    return [
      `${nameRow(row)} at ${row.rate}: ${count} left out: ${first}${others.length > 0 ? ", and the like" : ""}.`,
    ];
  });
}
