// What is measured beside the trials of an experiment with several writers: readers, rows. Pure.
import { median } from "../measure/statistics.ts";
import { formatCount, formatExact, formatMs } from "../report/format.ts";
import type { Column } from "../report/table.ts";
import { addKinds } from "./figures.ts";
import type { ReadFigures, RowsRecord, WritersRecord } from "./record.ts";
import { numeric, type Section, textual, toTable } from "./section.ts";
import { formatPart } from "./verdicts.ts";

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

/** Readers beside a writer. */
export function showReaders({ readers }: Pick<WritersRecord, "readers">): Section[] {
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
  const title = "Readers of an SQLite file beside a process that writes";
  return rows.length === 0 ? [] : [{ title, table: toTable(READ_COLUMNS, rows), notes: [] }];
}

/** One process that reads, and four. */
export function showManyReaders({ manyReaders }: Pick<WritersRecord, "manyReaders">): Section[] {
  if (manyReaders.length === 0) return [];
  const busy = (shares: readonly number[]) => `${formatPart(Math.min(1, median(shares)))} of all cores busy`;
  const rows: ReadRow[] = [
    {
      name: "one process",
      figures: manyReaders.map(({ one }) => one),
      beside: busy(manyReaders.map(({ oneBusyShare }) => oneBusyShare)),
    },
    {
      name: "four processes",
      figures: manyReaders.map(({ four }) => four),
      beside: busy(manyReaders.map(({ fourBusyShare }) => fourBusyShare)),
    },
  ];
  return [
    {
      title: "One process that reads an SQLite file, and four",
      table: toTable(READ_COLUMNS, rows),
      notes: [],
    },
  ];
}

/** One way of updating, over all blocks. */
interface UpdateRow {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly latencies: readonly (RowsRecord["sameLatencyMs"] & object)[];
}

/** Updates of different rows, and of one. */
export function showRows({ rows }: Pick<WritersRecord, "rows">): Section[] {
  const [first] = rows;
  if (first === undefined) return [];
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
  return [
    {
      title: "PostgreSQL: updates of different rows, and of the same row",
      table: toTable(columns, ways),
      notes: [`${formatExact(lost)} answered updates are missing at the end.`],
    },
  ];
}
