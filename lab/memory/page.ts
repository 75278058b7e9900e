// memory.json as text that reads well in a terminal and is Markdown as well: what starts, and how it answers. Pure.
import { approaches } from "../../services/approaches/index.ts";
import { median } from "../measure/statistics.ts";
import { formatBytes, formatCount, formatExact, formatMs } from "../report/format.ts";
import { joinWords } from "../report/html/words.ts";
import { renderSections } from "../writers/page.ts";
import { numeric, type Section, textual, toTable } from "../writers/section.ts";
import type { MemoryRecord, MemoryTrialRecord, MemoryWindow } from "./record.ts";

/** Fewer requests have no hundredth to speak of. */
const P99_REQUESTS = 1_000;

/** An approach at a size, over all blocks. */
interface Cell {
  readonly approach: string;
  readonly size: number;
  readonly multiple: number;
  readonly trials: readonly MemoryTrialRecord[];
}

/** The windows of a cell that began the same way. */
interface Answers extends Cell {
  readonly cache: MemoryWindow["cache"];
  readonly windows: readonly MemoryWindow[];
}

/** Lists what there is to show of a run. */
export function listSections(record: MemoryRecord): Section[] {
  const cells = listCells(record);
  if (cells.length === 0) return [];
  const answers = cells.flatMap((cell) =>
    (["cold", "warm"] as const).flatMap((cache): Answers[] => {
      const windows = cell.trials.flatMap((trial) => trial.windows.filter((one) => one.cache === cache));
      return windows.length === 0 ? [] : [{ ...cell, cache, windows }];
    }),
  );
  return [
    {
      title: `Does it start with ${formatLimit(record.limitBytes)}?`,
      table: toTable(cellColumns, cells),
      notes: [...describeEnds(cells), ...describeWarmFiles(record), ...describeRepeats(record)],
    },
    { title: "How it answers", table: toTable(answerColumns, answers), notes: describeErrors(answers) },
  ];
}

/** As the table of approaches has them, size by size. */
function listCells({ trials, limitBytes }: MemoryRecord): Cell[] {
  const order = Object.keys(approaches);
  const placeOf = ({ approach }: Cell) => (order.includes(approach) ? order.indexOf(approach) : order.length);
  const cells = new Map<string, Cell>();
  for (const { approach, size, dataBytes } of trials) {
    const of = trials.filter((one) => one.approach === approach && one.size === size);
    cells.set(`${approach} ${size}`, { approach, size, multiple: dataBytes / limitBytes, trials: of });
  }
  return [...cells.values()].sort((a, b) => a.size - b.size || placeOf(a) - placeOf(b));
}

const who = [
  numeric<Cell>("users", ({ size }) => formatExact(size)),
  numeric<Cell>("times the limit", ({ multiple }) => formatMultiple(multiple)),
  textual<Cell>("approach", ({ approach }) => approach),
];

const cellColumns = [
  ...who,
  textual<Cell>("under the limit it", tellCourse),
  numeric<Cell>("ready in", ({ trials }) =>
    middle(
      trials.map((one) => one.startupMs),
      formatMs,
    ),
  ),
  numeric<Cell>("its own memory", ({ trials }) =>
    middle(
      trials.map(({ memory }) => memory && memory.anonBytes + memory.sharedBytes),
      formatBytes,
    ),
  ),
  numeric<Cell>("files in memory", ({ trials }) =>
    middle(
      trials.map(({ memory }) => memory?.cacheBytes ?? null),
      formatBytes,
    ),
  ),
  numeric<Cell>("peak", ({ trials }) =>
    middle(
      trials.map(({ peakBytes }) => peakBytes),
      formatBytes,
    ),
  ),
];

const perRequest = (title: string, name: "minorFaults" | "majorFaults" | "refaults") =>
  numeric<Answers>(title, ({ windows }) =>
    middle(
      windows.map((one) => (one.requests === 0 ? null : one[name] / one.requests)),
      formatSmall,
    ),
  );

const answerColumns = [
  ...who,
  textual<Answers>("files", ({ cache }) => cache),
  numeric<Answers>("req/s", ({ windows }) =>
    middle(
      windows.map(({ requests, windowMs }) => (requests / windowMs) * 1000),
      formatCount,
    ),
  ),
  numeric<Answers>("p50", ({ windows }) =>
    middle(
      windows.map(({ p50Ms }) => p50Ms),
      formatMs,
    ),
  ),
  numeric<Answers>("p99", ({ windows }) =>
    middle(
      windows.map(({ p99Ms, requests }) => (requests < P99_REQUESTS ? null : p99Ms)),
      formatMs,
    ),
  ),
  perRequest("major faults/request", "majorFaults"),
  perRequest("minor", "minorFaults"),
  perRequest("pages read again", "refaults"),
  numeric<Answers>("from disk/request", ({ windows }) =>
    middle(
      windows.map((one) => (one.requests === 0 ? null : one.diskBytes / one.requests)),
      formatBytes,
    ),
  ),
];

const COURSES: Readonly<Record<NonNullable<MemoryTrialRecord["end"]>["cause"], string>> = {
  killed: "is killed by the system",
  heap: "is ended by V8",
  refused: "gives up",
  hung: "hangs",
  failed: "fails",
  other: "ends",
};

/** What became of it, in a few words. */
function tellCourse({ trials }: Cell): string {
  const [ended, ...others] = trials.filter(({ end }) => end !== null);
  if (ended?.end == null) {
    const killed = trials.reduce((sum, { oomKills }) => sum + oomKills, 0);
    return killed === 0 ? "serves" : `serves, but the system killed ${killed} of its server's processes`;
  }
  const when = ended.startupMs === null ? "while it starts" : "under load";
  const times = others.length + 1;
  const often = times === trials.length ? "" : `, in ${times} of ${trials.length} blocks`;
  return `${COURSES[ended.end.cause]} ${when}, after ${formatMs(ended.end.afterMs)}${often}`;
}

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

/** The median of those that there are. */
function middle(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? "" : format(median(known));
}

function formatSmall(value: number): string {
  return value < 0.005 ? "0" : value.toFixed(value < 10 ? 2 : 0);
}

function formatMultiple(multiple: number): string {
  return multiple.toPrecision(2);
}

/** Bytes of a limit, in MiB or GiB. */
export function formatLimit(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${formatExact(mebibytes)} MiB`;
}

/** Says in a sentence who serves the largest data, and who does not. */
export function tellAnswer(record: MemoryRecord): string {
  const largest = Math.max(...record.trials.map(({ size }) => size));
  const cells = listCells(record).filter(({ size }) => size === largest);
  const [first] = cells;
  if (first === undefined) return "Nothing was measured.";
  const serves = ({ trials }: Cell) => trials.every(({ end }) => end === null);
  const names = (of: readonly Cell[]) => joinWords(of.map(({ approach }) => approach));
  const [served, failed] = [names(cells.filter(serves)), names(cells.filter((cell) => !serves(cell)))];
  const words = [
    ...(served === "" ? [] : [`${served} served`]),
    ...(failed === "" ? [] : [`${failed} did not`]),
  ];
  return `With ${formatLimit(record.limitBytes)} and ${formatMultiple(first.multiple)} times as much data, ${words.join("; ")}.`;
}

/** Says how a run was made. */
export function describeRun(record: MemoryRecord): string[] {
  const { machine, disk, cgroupVersion, connections, commit, isDirty, endedAt } = record;
  return [
    `${formatLimit(record.limitBytes)} by a control group of version ${cgroupVersion}, no swap; closed load of ${connections} connections`,
    `${machine.cpu}, ${machine.cores} cores; ${disk === null ? "an unknown disk" : disk.fileSystem}`,
    `commit ${commit}${isDirty ? ", with changes" : ""}${endedAt === null ? "; stopped before its end" : ""}`,
  ];
}

/** Renders memory.md. */
export function renderPage(record: MemoryRecord): string {
  const lines = [
    `# Bigger than memory: ${record.run}`,
    "",
    "Made from memory.json; a change here would be lost.",
    "",
    ...describeRun(record).map((fact) => `- ${fact}`),
    `- \`${record.command}\``,
    "",
    tellAnswer(record),
    "",
    renderSections(listSections(record)),
  ];
  return lines.join("\n");
}
