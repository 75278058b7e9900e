// What a request does: system calls, bytes of files and syncs, as Markdown.
import type { RequestCounts } from "../measure/request-counts.ts";
import { formatBytes, formatExact } from "./format.ts";
import { type Column, renderTable } from "./table.ts";

/** How many names of calls a row has room for. */
const NAMED_CALLS = 3;

/** Renders the counts of a run, and below them what they explain; null: nothing was counted. */
export function renderCounts(counts: readonly RequestCounts[] | null): string {
  if (counts === null) return NOT_COUNTED;
  const table = renderTable(countColumns, sortCounts(counts));
  return [COUNTED, table, ...explainCounts(counts)].join("\n\n");
}

export const NOT_COUNTED = "Not run: system calls are counted on Linux, with strace, unless COUNTS=no.";
export const COUNTED =
  "Per request, counted once and untimed: calls on files and sockets by the service's process.";

export const countColumns: readonly Column<RequestCounts>[] = [
  { title: "workload", align: "left", cell: (row) => row.workload },
  { title: "approach", align: "left", cell: (row) => row.approach },
  { title: "system calls", align: "right", cell: (row) => formatExact(row.systemCalls) },
  { title: "read from files", align: "right", cell: (row) => formatBytes(row.fileReadBytes) },
  { title: "written to files", align: "right", cell: (row) => formatBytes(row.fileWrittenBytes) },
  { title: "syncs", align: "right", cell: (row) => formatExact(row.syncs) },
  { title: "most frequent", align: "left", cell: nameCalls },
  { title: "requests", align: "right", cell: (row) => String(row.requests) },
];

/** Brings the rows of each workload together. */
export function sortCounts(counts: readonly RequestCounts[]): RequestCounts[] {
  return [...Map.groupBy(counts, ({ workload }) => workload).values()].flat();
}

/** Says what the counts explain, a sentence per workload, and what they leave out. */
export function explainCounts(counts: readonly RequestCounts[]): string[] {
  const byWorkload = [...Map.groupBy(counts, ({ workload }) => workload)];
  const served = counts.filter(({ usesDatabase }) => usesDatabase).map(({ approach }) => approach);
  return [
    ...byWorkload.map(([workload, rows]) => `${workload}: ${explain(rows).join("; ")}.`),
    ...(served.length > 0 ? [`Not counted: what the server of ${list(served)} does.`] : []),
  ];
}

function nameCalls({ systemCallsByName }: RequestCounts): string {
  const names = Object.entries(systemCallsByName).slice(0, NAMED_CALLS);
  return names.map(([name, count]) => `${name} ${formatExact(count)}`).join(", ");
}

/** Says who makes the most calls, who reads files, and, of a workload that writes, who waits for a disk. */
function explain(rows: readonly RequestCounts[]): string[] {
  const sorted = [...rows].sort((a, b) => b.systemCalls - a.systemCalls);
  const [most, least] = [sorted[0], sorted.at(-1)];
  const ratio = (most?.systemCalls ?? 0) / (least?.systemCalls || 1);
  const isWriting = rows.some(({ fileWrittenBytes, syncs }) => fileWrittenBytes + syncs > 0);
  const reads = partition(rows, (row) => row.fileReadBytes, formatBytes);
  const syncs = partition(rows, (row) => row.syncs, formatExact);
  return [
    ...(ratio > 1
      ? [`${most?.approach} makes ${ratio.toFixed(1)} times the calls of ${least?.approach}`]
      : []),
    reads === null ? "no file is read" : `files are read by ${reads}`,
    ...(isWriting ? [syncs === null ? "no disk is waited for" : `a disk is waited for by ${syncs}`] : []),
  ];
}

/** Names those who do something, the most first, and those who do not; null where nobody does. */
function partition(
  rows: readonly RequestCounts[],
  read: (row: RequestCounts) => number,
  format: (value: number) => string,
): string | null {
  const doing = rows.filter((row) => read(row) > 0).sort((a, b) => read(b) - read(a));
  const idle = rows.filter((row) => read(row) === 0 && !row.usesDatabase);
  if (doing.length === 0) return null;
  const named = list(doing.map((row) => `${row.approach} (${format(read(row))})`));
  return idle.length === 0 ? named : `${named}, not by ${list(idle.map(({ approach }) => approach))}`;
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(new Set(names));
}
