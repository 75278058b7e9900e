// crash.json as text that reads well in a terminal and is Markdown as well: what acknowledged writes of each approach at each
// level survive and cost, and every case. Pure.
import { approaches } from "../../services/approaches/index.ts";
import { LEVELS, type Level } from "../../services/storage/user-store.ts";
import { estimateMedian } from "../measure/bootstrap.ts";
import { formatCount, formatExact, formatMs, withMargin } from "../report/format.ts";
import type { Column } from "../report/table.ts";
import { renderSections } from "../writers/page.ts";
import { numeric, type Section, textual, toTable } from "../writers/section.ts";
import type { CrashRecord, Outcome } from "./record.ts";

/** A row: all that is known of one way of storing users at one level. */
interface Mode {
  readonly subject: string;
  readonly level: Level;
  /** Outcomes of an experiment, one for each block. */
  readonly of: (experiment: string) => readonly Outcome[];
}

const columns: readonly Column<Mode>[] = [
  textual("answered by", ({ subject }) => subject),
  textual("DURABILITY", ({ level }) => level),
  textual("the process is killed", ({ of }) => describeLoss(of("kill")[0])),
  textual("power is cut", ({ of }) => describeLoss(of("power")[0])),
  numeric("writes/s, 50 at once", ({ of }) => formatRate(of("speed"), 50)),
  numeric("one at a time", ({ of }) => formatRate(of("speed"), 1)),
];

/** Shows what survives; nothing when it was not asked. */
export function showSurvival(outcomes: readonly Outcome[]): Section[] {
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
  if (rows.length === 0) return [];
  return [
    { title: "What survives, and what it costs", table: toTable(columns, rows), notes: describeSyncs(asked) },
  ];
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
  const others = [...(wrong > 0 ? [`${wrong} wrong`] : []), ...(damaged > 0 ? ["damaged"] : [])];
  return [words, ...others].join(", ");
}

/** The median over the blocks, with its interval where there are enough of them. */
function formatRate(outcomes: readonly Outcome[], connections: number): string {
  const rates = outcomes.flatMap(({ figures }) => figures[rateOf(connections)] ?? []);
  return rates.length === 0 ? "" : withMargin(estimateMedian(rates), formatCount);
}

/** How many syncs of the disk a second, one after the other, would have been possible while the rates were measured. */
function describeSyncs(outcomes: readonly Outcome[]): string[] {
  const rates = outcomes.flatMap(({ figures: { fdatasyncP50Ms } }) =>
    fdatasyncP50Ms === undefined ? [] : [1000 / fdatasyncP50Ms],
  );
  if (rates.length === 0) return [];
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(formatCount);
  const middle = formatCount(estimateMedian(rates).value);
  return [
    `right before each window of writes the disk itself did ${middle} fdatasyncs a second, one after the other (from ${low} to ${high}); ` +
      "levels that sync move with it",
  ];
}

/** Shows every case of an experiment. */
function showOutcomes(experiment: string, outcomes: readonly Outcome[]): Section[] {
  const rows = outcomes.filter((outcome) => outcome.experiment === experiment);
  if (rows.length === 0) return [];
  return [{ title: `Experiment: ${experiment}`, table: toTable(outcomeColumns, rows), notes: [] }];
}

const outcomeColumns: readonly Column<Outcome>[] = [
  textual("asked", nameSubject),
  textual("outcome", ({ outcome, must }) => (must === "show" && outcome === "passed" ? "shown" : outcome)),
  textual("question", ({ question }) => question),
  textual("found", ({ measured }) => measured),
];

/** Names who was asked: the subject, its level, and whether it is one that must fail. */
export function nameSubject({ subject, level, must }: Pick<Outcome, "subject" | "level" | "must">): string {
  const at = level === null || level === "lesson" ? "" : ` at ${level}`;
  return `${subject}${at}${must === "fail" ? " (must fail)" : ""}`;
}

/** Lists what there is to show of a run; nothing for what was not asked. */
export function listSections({ outcomes }: Pick<CrashRecord, "outcomes">): Section[] {
  const experiments = [...new Set(outcomes.map(({ experiment }) => experiment))];
  return [...showSurvival(outcomes), ...experiments.flatMap((name) => showOutcomes(name, outcomes))];
}

/** "60 passed, 0 failed, 17 not run". */
export function countOutcomes(outcomes: readonly Outcome[]): string {
  const count = (kind: Outcome["outcome"]) => outcomes.filter(({ outcome }) => outcome === kind).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("not run")} not run`;
}

/** Says how a run was made. */
export function describeRun({
  machine,
  disk,
  fdatasync,
  commit,
  isDirty,
  endedAt,
  form,
}: CrashRecord): string[] {
  return [
    `${form} form`,
    `${machine.cpu}, ${machine.cores} cores`,
    `${disk === null ? "an unknown disk" : disk.fileSystem}, fdatasync of ${formatExact(fdatasync.bytesPerWrite)} bytes ` +
      `${formatMs(fdatasync.p50Ms)}, p99 ${formatMs(fdatasync.p99Ms)}`,
    `commit ${commit}${isDirty ? ", with changes" : ""}${endedAt === null ? "; stopped before its end" : ""}`,
  ];
}

/** Renders crash.md. */
export function renderPage(record: CrashRecord): string {
  const lines = [
    `# What survives: ${record.run}`,
    "",
    "Made from crash.json; a change here would be lost.",
    "",
    ...describeRun(record).map((fact) => `- ${fact}`),
    `- \`${record.command}\``,
    `- ${countOutcomes(record.outcomes)}`,
    "",
    renderSections(listSections(record)),
  ];
  return lines.join("\n");
}
