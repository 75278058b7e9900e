// What survives, as a table: acknowledged writes of each approach at each level, killed and cut from power, and what the
// level costs. Pure.
import { formatCount, formatMs } from "../report/format.ts";
import { type Column, renderTable } from "../report/table.ts";
import type { CrashRecord, Outcome } from "./record.ts";

/** A row: all that is known of one way of storing users at one level. */
interface Mode {
  readonly subject: string;
  readonly level: string;
  readonly of: (experiment: string) => Outcome | undefined;
}

const columns: readonly Column<Mode>[] = [
  { title: "Answered by", align: "left", cell: ({ subject }) => subject },
  { title: "DURABILITY", align: "left", cell: ({ level }) => level },
  { title: "the process is killed", align: "left", cell: ({ of }) => describeLoss(of("kill")) },
  { title: "power is cut", align: "left", cell: ({ of }) => describeLoss(of("power")) },
  { title: "writes/s, 50 at once", align: "right", cell: ({ of }) => formatRate(of("speed"), 50) },
  { title: "one at a time", align: "right", cell: ({ of }) => formatRate(of("speed"), 1) },
];

/** Renders the table of what survives; empty when nothing of it was asked. */
export function renderSurvival(outcomes: readonly Outcome[]): string {
  const modes = new Map<string, Mode>();
  for (const { experiment, subject, level } of outcomes) {
    if (level === null || !["kill", "power", "speed"].includes(experiment)) continue;
    const of = (name: string) =>
      outcomes.find(
        (one) =>
          one.experiment === name &&
          one.subject === subject &&
          one.level === level &&
          (name !== "speed" || "writesPerSecondOf50" in one.figures),
      );
    modes.set(`${subject} ${level}`, { subject, level, of });
  }
  return modes.size === 0 ? "" : renderTable(columns, [...modes.values()]);
}

function describeLoss(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "";
  if (outcome.outcome === "not run") return `not run: ${outcome.measured}`;
  const { acknowledged, lost, wrong = 0, damaged = 0 } = outcome.figures;
  if (acknowledged === undefined || lost === undefined) return "failed";
  const all = formatCount(acknowledged);
  const words = lost === 0 ? `kept, all ${all}` : `lost ${formatCount(lost)} of ${all}`;
  const others = [...(wrong > 0 ? [`${wrong} wrong`] : []), ...(damaged > 0 ? ["did not start again"] : [])];
  return [words, ...others].join(", ");
}

function formatRate(outcome: Outcome | undefined, connections: number): string {
  const rate = outcome?.figures[`writesPerSecondOf${connections}`];
  return rate === undefined ? "" : formatCount(rate);
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
    renderOutcomes(outcomes),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}
