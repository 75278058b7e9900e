// What survives, as a table: acknowledged writes of each approach at each level, killed and cut from power, and what the
// level costs. Pure.
import { approaches } from "../../services/approaches/index.ts";
import { LEVELS, type Level } from "../../services/storage/user-store.ts";
import { estimateMedian } from "../measure/bootstrap.ts";
import { formatCount, formatExact, formatMs, withMargin } from "../report/format.ts";
import { type Column, renderTable } from "../report/table.ts";
import type { CrashRecord, Outcome } from "./record.ts";

/** A row: all that is known of one way of storing users at one level. */
interface Mode {
  readonly subject: string;
  readonly level: Level;
  /** Outcomes of an experiment, one for each block. */
  readonly of: (experiment: string) => readonly Outcome[];
}

const columns: readonly Column<Mode>[] = [
  { title: "Answered by", align: "left", cell: ({ subject }) => subject },
  { title: "DURABILITY", align: "left", cell: ({ level }) => level },
  { title: "the process is killed", align: "left", cell: ({ of }) => describeLoss(of("kill")[0]) },
  { title: "power is cut", align: "left", cell: ({ of }) => describeLoss(of("power")[0]) },
  { title: "writes/s, 50 at once", align: "right", cell: ({ of }) => formatRate(of("speed"), 50) },
  { title: "one at a time", align: "right", cell: ({ of }) => formatRate(of("speed"), 1) },
];

/** Renders the table of what survives; empty when nothing of it was asked. */
export function renderSurvival(outcomes: readonly Outcome[]): string {
  const asked = outcomes.filter(
    ({ experiment, level, figures }) =>
      level !== null &&
      (["kill", "power"].includes(experiment) || (experiment === "speed" && rateOf(50) in figures)),
  );
  const modes = new Map<string, Mode>();
  for (const { subject, level } of asked) {
    const isSame = (one: Outcome) => one.subject === subject && one.level === level;
    const of = (name: string) => asked.filter((one) => one.experiment === name && isSame(one));
    modes.set(`${subject} ${level}`, { subject, level: level as Level, of });
  }
  const rows = [...modes.values()].sort((a, b) => orderOf(a) - orderOf(b));
  return rows.length === 0 ? "" : renderTable(columns, rows);
}

const rateOf = (connections: number) => `writesPerSecondOf${connections}`;

/** As the table of approaches has them, each with its levels, and controls behind them. */
function orderOf({ subject, level }: Mode): number {
  const place = Object.keys(approaches).indexOf(subject);
  return (place === -1 ? 1_000 : place) * LEVELS.length + LEVELS.indexOf(level);
}

function describeLoss(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "";
  if (outcome.outcome === "not run") return `not run: ${outcome.measured}`;
  const { acknowledged, lost, wrong = 0, damaged = 0 } = outcome.figures;
  if (acknowledged === undefined || lost === undefined) return "failed";
  const all = formatExact(acknowledged);
  const words = lost === 0 ? `kept, all ${all}` : `lost ${formatExact(lost)} of ${all}`;
  const others = [...(wrong > 0 ? [`${wrong} wrong`] : []), ...(damaged > 0 ? ["did not start again"] : [])];
  return [words, ...others].join(", ");
}

/** The median over the blocks, with its interval where there are enough of them. */
function formatRate(outcomes: readonly Outcome[], connections: number): string {
  const rates = outcomes.flatMap(({ figures }) => figures[rateOf(connections)] ?? []);
  return rates.length === 0 ? "" : withMargin(estimateMedian(rates), formatCount);
}

/** How many syncs of the disk a second, one after the other, would have been possible while the rates were measured. */
function describeSyncs(outcomes: readonly Outcome[]): string {
  const rates = outcomes.flatMap(({ figures: { fdatasyncP50Ms } }) =>
    fdatasyncP50Ms === undefined ? [] : [1000 / fdatasyncP50Ms],
  );
  if (rates.length === 0) return "";
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(formatCount);
  const { value } = estimateMedian(rates);
  return (
    `Before each window of writes the disk's own fdatasync was timed: ${formatCount(value)} a second one after the other in ` +
    `the middle, from ${low} to ${high}. Rates of levels that sync move with it.`
  );
}

const findingColumns: readonly Column<Outcome>[] = [
  { title: "Experiment", align: "left", cell: ({ experiment }) => experiment },
  { title: "Asked", align: "left", cell: nameSubject },
  {
    title: "Outcome",
    align: "left",
    cell: ({ outcome, must }) => (must === "show" && outcome === "passed" ? "shown" : outcome),
  },
  { title: "Found", align: "left", cell: ({ measured }) => measured },
];

/** Names who was asked: the subject, its level, and whether it is one that must fail. */
export function nameSubject({ subject, level, must }: Pick<Outcome, "subject" | "level" | "must">): string {
  const at = level === null || level === "lesson" ? "" : ` at ${level}`;
  return `${subject}${at}${must === "fail" ? " (must fail)" : ""}`;
}

/** Renders all that was found, one row for each case. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  return renderTable(findingColumns, outcomes);
}

/** Renders the page of a run. */
export function renderCrash(record: CrashRecord): string {
  const { outcomes, disk, fdatasync, machine } = record;
  const count = (kind: Outcome["outcome"]) => outcomes.filter(({ outcome }) => outcome === kind).length;
  const parts = [
    `# What survives\n\nMade by \`${record.command}\`, ${record.startedAt}${record.endedAt === null ? "; stopped before its end" : ""}.`,
    `${count("passed")} passed, ${count("failed")} failed, ${count("not run")} not run.`,
    `On ${machine.cpu}, ${disk === null ? "an unknown disk" : `${disk.fileSystem} on ${disk.source}`}; the disk's own ` +
      `fdatasync of ${fdatasync.bytesPerWrite} bytes takes ${formatMs(fdatasync.p50Ms)} (p99 ${formatMs(fdatasync.p99Ms)}), which is ` +
      `${formatCount(1000 / fdatasync.p50Ms)} a second, one after the other.`,
    renderSurvival(outcomes),
    describeSyncs(outcomes),
    renderOutcomes(outcomes),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}
