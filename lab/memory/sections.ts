// The tables of a run under a limit of memory: who starts, and how each answers. Pure.
import { median } from "../measure/statistics.ts";
import { formatBytes, formatCount, formatExact, formatMs } from "../report/format.ts";
import type { Column } from "../report/table.ts";
import { numeric, type Section, textual, toTable } from "../writers/section.ts";
import { type Answers, type Cell, formatMultiple, listAnswers, listCells, tellCourse } from "./cells.ts";
import type { MemoryRecord, MemoryTrialRecord, MemoryWindow } from "./record.ts";

/** Fewer requests have no hundredth to speak of. */
const P99_REQUESTS = 1_000;

/** Lists what there is to show of a run. */
export function listSections(record: MemoryRecord): Section[] {
  const cells = listCells(record);
  if (cells.length === 0) return [];
  const answers = listAnswers(cells);
  return [
    {
      title: `Does it start with ${formatLimit(record.limitBytes)}?`,
      table: toTable(cellColumns, cells),
      notes: [...describeEnds(cells), ...describeWarmFiles(record), ...describeRepeats(record)],
    },
    { title: "How it answers", table: toTable(answerColumns, answers), notes: describeErrors(answers) },
  ];
}

const who: readonly Column<Cell>[] = [
  numeric("users", ({ size }) => formatExact(size)),
  numeric("times the limit", ({ multiple }) => formatMultiple(multiple)),
  textual("approach", ({ approach }) => approach),
];

/** A column of the median over blocks of those that have the figure. */
function medianOf<Row, Item>(
  title: string,
  items: (row: Row) => readonly Item[],
  figure: (item: Item) => number | null,
  format: (value: number) => string,
): Column<Row> {
  return numeric(title, (row) => {
    const known = items(row)
      .map(figure)
      .filter((value) => value !== null);
    return known.length === 0 ? "" : format(median(known));
  });
}

type Figure<Item> = (item: Item) => number | null;
const ofTrials = (title: string, figure: Figure<MemoryTrialRecord>, format = formatBytes) =>
  medianOf(title, ({ trials }: Cell) => trials, figure, format);
const ofWindows = (title: string, figure: Figure<MemoryWindow>, format: (value: number) => string) =>
  medianOf(title, ({ windows }: Answers) => windows, figure, format);

const cellColumns = [
  ...who,
  textual("under the limit it", tellCourse),
  ofTrials("ready in", ({ startupMs }) => startupMs, formatMs),
  ofTrials("its own memory", ({ memory }) => memory && memory.anonBytes + memory.sharedBytes),
  ofTrials("files in memory", ({ memory }) => memory?.cacheBytes ?? null),
  ofTrials("peak", ({ peakBytes }) => peakBytes),
];

const perRequest = (
  title: string,
  name: "minorFaults" | "majorFaults" | "refaults" | "diskBytes",
  format = formatSmall,
) => ofWindows(title, (one) => (one.requests === 0 ? null : one[name] / one.requests), format);

const answerColumns = [
  ...who,
  textual<Answers>("files", ({ cache }) => cache),
  ofWindows("req/s", ({ requests, windowMs }) => (requests / windowMs) * 1000, formatCount),
  ofWindows("p50", ({ p50Ms }) => p50Ms, formatMs),
  ofWindows("p99", ({ p99Ms, requests }) => (requests < P99_REQUESTS ? null : p99Ms), formatMs),
  perRequest("major faults/request", "majorFaults"),
  perRequest("minor", "minorFaults"),
  perRequest("pages read again", "refaults"),
  perRequest("from disk/request", "diskBytes", formatBytes),
];

/** Why services ended: a line for each. */
function describeEnds(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ approach, size, trials }) => {
    const words = new Set(trials.flatMap(({ end }) => (end === null ? [] : [end.words])));
    return [...words].map((text) => `${approach}, ${formatExact(size)} users: ${text}`);
  });
}

function describeWarmFiles({ trials }: MemoryRecord): string[] {
  const warm = trials.filter(({ warmFiles }) => warmFiles.length > 0);
  if (warm.length === 0) return [];
  return [
    `in ${warm.length} of ${trials.length} trials files could not be taken out of memory before the start, and cost the limit nothing: ` +
      warm[0]?.warmFiles.join(", "),
  ];
}

function describeRepeats({ blocks }: MemoryRecord): string[] {
  return [blocks === 1 ? "one block: no figure was measured twice" : `medians of ${blocks} blocks`];
}

function describeErrors(answers: readonly Answers[]): string[] {
  return answers.flatMap(({ approach, size, cache, windows }) => {
    const errors = windows.flatMap((one) => [
      ...Object.entries(one.errors).map(([what, times]) => `${formatExact(times)} times ${what}`),
      ...(one.unfinished === 0 ? [] : [`${formatExact(one.unfinished)} not answered in time`]),
    ]);
    return errors.length === 0
      ? []
      : [`${approach}, ${formatExact(size)} users, ${cache}: ${errors.join(", ")}`];
  });
}

function formatSmall(value: number): string {
  return value < 0.005 ? "0" : value.toFixed(value < 10 ? 2 : 0);
}

/** Bytes of a limit, in MiB or GiB. */
export function formatLimit(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${formatExact(mebibytes)} MiB`;
}
