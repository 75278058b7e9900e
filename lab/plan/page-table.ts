// The table of an answer, and where its figures are from. Pure.
import { formatCount, formatExact, formatMegabytes, formatMs, formatRatio } from "../report/format.ts";
import { type Column, renderTable } from "../report/table.ts";
import type { Answer } from "./answer.ts";
import type { Capacity } from "./capacity.ts";
import { describeSource } from "./judge.ts";
import { isPartial } from "./load-share.ts";

export type Judged = Answer["judgments"][number];

/** Two significant digits: the assumptions are no surer than that. */
export function formatRough(value: number): string {
  return formatExact(Number(value.toPrecision(2)));
}

const capacityOf = ({ by }: Judged, operation: Capacity["operation"]) =>
  by.find((one) => one.operation === operation);

function formatCapacity(capacity: Capacity | undefined): string {
  if (capacity === undefined) return "";
  const count = formatCount(capacity.requestsPerSecond.value);
  if (isPartial(capacity)) return `at least ${count}`;
  return capacity.isImplied ? `${count} by CPU` : count;
}

function formatMemory({ by }: Judged): string {
  const bytes = by.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return bytes.length === 0 ? "" : formatMegabytes(Math.max(...bytes));
}

function formatLatency({ latency }: Judged): string {
  if (latency === null) return "";
  const { p50Ms, p99Ms, requestsPerSecond } = latency;
  const p99 = p99Ms === null ? "too few" : formatMs(p99Ms);
  return `${formatMs(p50Ms)}, ${p99} at ${formatCount(requestsPerSecond)}/s`;
}

const left = (title: string, cell: (row: Judged) => string): Column<Judged> => ({
  title,
  align: "left",
  cell,
});
const right = (title: string, cell: (row: Judged) => string): Column<Judged> => ({
  title,
  align: "right",
  cell,
});

const COLUMNS: readonly Column<Judged>[] = [
  left("approach", ({ approach, setting }) => [approach, setting].filter(Boolean).join(", ")),
  right("headroom", ({ headroom }) => (headroom === null ? "" : `${formatRatio(headroom)} x`)),
  right("reads/s alone", (row) => formatCapacity(capacityOf(row, "read"))),
  right("writes/s alone", (row) => formatCapacity(capacityOf(row, "write"))),
  right("at users", ({ by }) => [...new Set(by.map(({ users }) => formatExact(users)))].join("; ")),
  right("p50, p99 of reads", formatLatency),
  right("memory", formatMemory),
  right("users a day, at most", ({ dailyUsers }) => (dailyUsers === null ? "" : formatRough(dailyUsers))),
];

function showSources(rows: readonly Judged[]): string {
  const sources = rows.flatMap(({ by, latency, approach }) => [
    ...by.map(describeSource),
    ...(latency === null ? [] : [`${latency.run}, ${approach} read, open`]),
  ]);
  const byRun = Map.groupBy(sources, (source) => source.slice(0, source.indexOf(", ")));
  return [...byRun]
    .map(
      ([run, of]) => `  from ${run}: ${[...new Set(of)].map((one) => one.slice(run.length + 2)).join("; ")}`,
    )
    .join("\n");
}

/** Renders what was measured of these, as Markdown, with its sources below. */
export function renderMeasured(rows: readonly Judged[]): string {
  return `${renderTable(COLUMNS, rows)}\n${showSources(rows)}`;
}
