// writers.json as text: tables that read well in a terminal and are Markdown as well. Pure.
import type { Approaches } from "../../services/approaches/index.ts";
import { MIN_BLOCKS } from "../measure/bootstrap.ts";
import { median } from "../measure/statistics.ts";
import {
  formatBytes,
  formatCount,
  formatExact,
  formatMicros,
  formatMs,
  formatRange,
} from "../report/format.ts";
import { type Column, renderTable } from "../report/table.ts";
import { addKinds, type CellSummary, summarizeCells } from "./figures.ts";
import type { BatchesRecord, EqualIdsRecord, ReadFigures, RowsRecord, WritersRecord } from "./record.ts";
import {
  describeErrors,
  formatPart,
  isControlShown,
  judgeBatches,
  judgeSharing,
  listRules,
} from "./verdicts.ts";

/** Renders everything that a run has measured.
 * @param order the cells' names in the order of the plan */
export function renderWriters(
  record: WritersRecord,
  order: readonly string[],
  approaches: Approaches,
): string {
  const cells = summarizeCells(record, order);
  const sections = [
    ["Posts without pause, then reads of what was acknowledged", renderCells(record, cells)],
    ["May several processes share it?", renderVerdicts(cells)],
    ["Rules of thumb", renderRules(cells, approaches)],
    ["Readers of an SQLite file beside a process that writes", renderReaders(record)],
    ["One process that reads an SQLite file, and four", renderManyReaders(record)],
    ["PostgreSQL: updates of different rows, and of the same row", renderRows(record)],
    ["Two processes store a user with one id", renderEqualIds(record)],
    ["Two processes append to one file", renderLines(record)],
    ["Killed in the middle of batches", renderBatches(record)],
    ["Not run", renderNotRun(record)],
  ] as const;
  return sections
    .filter(([, text]) => text !== "")
    .map(([title, text]) => `## ${title}\n\n${text}\n`)
    .join("\n");
}

/** Renders writers.md. */
export function renderPage(record: WritersRecord, order: readonly string[], approaches: Approaches): string {
  const { run, command, machine, size, blocks, durationMs, connections, commit, isDirty, endedAt } = record;
  const made = `${blocks} blocks of ${formatMs(durationMs)}, ${connections} connections, ${formatExact(size)} users`;
  const lines = [
    `# Several writers: ${run}`,
    "",
    "Made from writers.json; a change here would be lost.",
    "",
    `- \`${command}\``,
    `- ${made}; ${machine.cpu}, ${machine.cores} cores, nobody bound to one`,
    `- commit ${commit}${isDirty ? ", with changes" : ""}${endedAt === null ? "; stopped before its end" : ""}`,
    "",
    renderWriters(record, order, approaches),
  ];
  return lines.join("\n");
}

const numeric = <Row>(title: string, cell: (row: Row) => string): Column<Row> => ({
  title,
  align: "right",
  cell,
});
const textual = <Row>(title: string, cell: (row: Row) => string): Column<Row> => ({
  title,
  align: "left",
  cell,
});

const CELL_COLUMNS: readonly Column<CellSummary>[] = [
  textual("written to by", ({ cell }) => cell),
  numeric("posts/s", ({ postsPerSecond }) => formatCount(postsPerSecond.value)),
  numeric("95 % interval", ({ postsPerSecond }) => formatRange(postsPerSecond, formatCount)),
  numeric("p50", ({ latencyMs }) => (latencyMs === null ? "" : formatMs(latencyMs.p50))),
  numeric("p99", ({ latencyMs }) =>
    latencyMs === null || latencyMs.p99 === null ? "" : formatMs(latencyMs.p99),
  ),
  numeric("max", ({ latencyMs }) => (latencyMs === null ? "" : formatMs(latencyMs.max))),
  numeric("CPU/request", ({ cpuMicrosPerRequest }) => formatMicros(cpuMicrosPerRequest.value)),
  numeric("cores busy", ({ busyShare }) => formatPart(Math.min(1, busyShare))),
  textual("refused", describeErrors),
  numeric("acknowledged", ({ acknowledged }) => formatExact(acknowledged)),
  numeric("lost", ({ lost }) => formatExact(lost)),
  numeric("twice", ({ duplicated }) => formatExact(duplicated)),
  numeric("stale", ({ stale, processes }) => (processes === 1 ? "" : formatExact(stale))),
  textual("for at least", ({ stale, neverSeen, staleForMs }) => {
    if (neverSeen > 0) return "to the end";
    return stale === 0 || staleForMs === null
      ? ""
      : `${formatMs(staleForMs.median)}, at most ${formatMs(staleForMs.max)}`;
  }),
];

function renderCells(record: WritersRecord, cells: readonly CellSummary[]): string {
  if (cells.length === 0) return "";
  const notes = [
    ...(cells.some(({ blocks }) => blocks < MIN_BLOCKS)
      ? [`Fewer than ${MIN_BLOCKS} blocks say too little about chance: no intervals, and no order.`]
      : []),
    ...cells
      .filter(({ askedAtEnd, acknowledged }) => askedAtEnd < acknowledged)
      .map(
        ({ cell, askedAtEnd, acknowledged }) =>
          `${cell}: every process was asked for ${formatExact(askedAtEnd)} of the ${formatExact(acknowledged)} at the end, ` +
          "for as long as there was time; the store itself was read for all.",
      ),
    ...record.failures.map(({ cell, block, error }) => `${cell}, block ${block}: ${error}`),
  ];
  return [renderTable(CELL_COLUMNS, cells), ...notes].join("\n\n");
}

function renderVerdicts(cells: readonly CellSummary[]): string {
  return judgeSharing(cells)
    .map(({ approach, sharing, why }) => `- ${approach}: ${sharing}: ${why}.`)
    .join("\n");
}

function renderRules(cells: readonly CellSummary[], approaches: Approaches): string {
  if (cells.length === 0) return "";
  return listRules(cells, approaches)
    .map(({ rule, supportedBy, contradictedBy, unsaid }) => {
      const support =
        supportedBy.length === 0 ? "no row supports it" : `supported by ${supportedBy.join("; ")}`;
      const against = contradictedBy.length === 0 ? "" : `. Against it: ${contradictedBy.join("; ")}`;
      return `- ${rule}: ${support}${against}.${unsaid === "" ? "" : ` ${unsaid}.`}`;
    })
    .join("\n");
}

interface ReadRow {
  readonly name: string;
  readonly figures: readonly ReadFigures[];
  readonly beside: string;
}

const READ_COLUMNS: readonly Column<ReadRow>[] = [
  textual("", ({ name }) => name),
  numeric("reads/s", ({ figures }) =>
    formatCount(median(figures.map(({ readsPerSecond }) => readsPerSecond))),
  ),
  ...(["p50", "p99", "max"] as const).map((which) =>
    numeric<ReadRow>(which, ({ figures }) => {
      const values = figures.flatMap(({ latencyMs }) => latencyMs?.[which] ?? []);
      if (values.length === 0) return "";
      return formatMs(which === "max" ? Math.max(...values) : median(values));
    }),
  ),
  textual("errors", ({ figures }) =>
    Object.entries(addKinds(figures.map(({ errors }) => errors)))
      .map(([kind, count]) => `${formatExact(count)} ${kind}`)
      .join(", "),
  ),
  numeric("beside", ({ beside }) => beside),
];

function renderReaders({ readers }: WritersRecord): string {
  const rows = (["delete", "wal"] as const).flatMap((journal): ReadRow[] => {
    const own = readers.filter((one) => one.journal === journal);
    if (own.length === 0) return [];
    const name = journal === "wal" ? "WAL" : "rollback journal";
    const writes = formatCount(median(own.map(({ writesPerSecond }) => writesPerSecond)));
    return [
      { name: `${name}, alone`, figures: own.map(({ alone }) => alone), beside: "" },
      {
        name: `${name}, beside a writer`,
        figures: own.map(({ besideWriter }) => besideWriter),
        beside: `${writes} writes/s`,
      },
    ];
  });
  return rows.length === 0 ? "" : renderTable(READ_COLUMNS, rows);
}

function renderManyReaders({ manyReaders }: WritersRecord): string {
  if (manyReaders.length === 0) return "";
  const busy = (of: (one: (typeof manyReaders)[number]) => number) =>
    `${formatPart(Math.min(1, median(manyReaders.map(of))))} of all cores busy`;
  return renderTable(READ_COLUMNS, [
    {
      name: "one process",
      figures: manyReaders.map(({ one }) => one),
      beside: busy(({ oneBusyShare }) => oneBusyShare),
    },
    {
      name: "four processes",
      figures: manyReaders.map(({ four }) => four),
      beside: busy(({ fourBusyShare }) => fourBusyShare),
    },
  ]);
}

/** One way of updating, over all blocks. */
interface UpdateRow {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly latencies: readonly (RowsRecord["sameLatencyMs"] & object)[];
}

function renderRows({ rows }: WritersRecord): string {
  const [first] = rows;
  if (first === undefined) return "";
  const ways: UpdateRow[] = [
    {
      name: "a row each",
      perSecond: rows.map(({ differentPerSecond }) => differentPerSecond),
      latencies: rows.flatMap(({ differentLatencyMs }) => differentLatencyMs ?? []),
    },
    {
      name: "the same row",
      perSecond: rows.map(({ samePerSecond }) => samePerSecond),
      latencies: rows.flatMap(({ sameLatencyMs }) => sameLatencyMs ?? []),
    },
  ];
  const columns = [
    textual<UpdateRow>(`${first.connections} connections update`, ({ name }) => name),
    numeric<UpdateRow>("updates/s", ({ perSecond }) => formatCount(median(perSecond))),
    ...(["p50", "p99"] as const).map((which) =>
      numeric<UpdateRow>(which, ({ latencies }) =>
        latencies.length === 0 ? "" : formatMs(median(latencies.map((one) => one[which]))),
      ),
    ),
  ];
  const lost = rows.reduce((sum, one) => sum + one.lost, 0);
  return `${renderTable(columns, ways)}\n\n${formatExact(lost)} answered updates are missing at the end.`;
}

const EQUAL_ID_COLUMNS: readonly Column<EqualIdsRecord>[] = [
  textual("approach", ({ approach }) => approach),
  textual("the first", ({ first }) => first),
  textual("the second", ({ second }) => second),
  numeric("records", ({ records }) => String(records)),
];

function renderEqualIds({ equalIds }: WritersRecord): string {
  return equalIds.length === 0 ? "" : renderTable(EQUAL_ID_COLUMNS, equalIds);
}

function renderLines({ lines }: WritersRecord): string {
  return lines
    .map(({ processes, appended, mixedLines, missingLines, looks, halfLines, bytesPerLine, windowMs }) => {
      const part = looks === 0 ? "" : ` (${formatPart(halfLines / looks)})`;
      return (
        `- ${processes} processes appended ${formatExact(appended)} lines of ${formatBytes(bytesPerLine)} in ` +
        `${formatMs(windowMs)}: ${formatExact(mixedLines)} mixed, ${formatExact(missingLines)} missing. A reader of ` +
        `the file's end looked ${formatExact(looks)} times and met ${formatExact(halfLines)} half lines${part}.`
      );
    })
    .join("\n");
}

const BATCH_COLUMNS: readonly Column<BatchesRecord & { readonly verdict: string }>[] = [
  textual("approach", ({ approach }) => approach),
  textual("promise", ({ promise }) => promise),
  numeric("kills", ({ kills }) => String(kills)),
  numeric("acknowledged", ({ acknowledged }) => formatExact(acknowledged)),
  numeric("in flight", ({ inFlight }) => String(inFlight)),
  numeric("whole", ({ whole }) => String(whole)),
  numeric("absent", ({ absent }) => String(absent)),
  numeric("half", ({ half }) => String(half)),
  textual("verdict", ({ verdict }) => verdict),
];

function renderBatches({ batches }: WritersRecord): string {
  if (batches.length === 0) return "";
  const isShown = isControlShown(batches);
  const rows = batches.map((one) => {
    const { outcome, why } = judgeBatches(one, isShown);
    return { ...one, verdict: `${outcome}: ${why}` };
  });
  return renderTable(BATCH_COLUMNS, rows);
}

function renderNotRun({ notRun }: WritersRecord): string {
  return notRun.map((line) => `- ${line}`).join("\n");
}
