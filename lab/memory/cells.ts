// The trials of a run under a limit of memory, by approach and size, and what became of each. Pure.
import { approaches } from "../../services/approaches/index.ts";
import { formatMs } from "../report/format.ts";
import type { MemoryRecord, MemoryTrialRecord, MemoryWindow } from "./record.ts";

/** An approach at a size, over all blocks. */
export interface Cell {
  readonly approach: string;
  /** Users. */
  readonly size: number;
  /** Bytes of users.jsonl by bytes of the limit. */
  readonly multiple: number;
  readonly trials: readonly MemoryTrialRecord[];
}

/** The windows of a cell that began the same way. */
export interface Answers extends Cell {
  readonly cache: MemoryWindow["cache"];
  readonly windows: readonly MemoryWindow[];
}

/** As the table of approaches has them, size by size. */
export function listCells({ trials, limitBytes }: MemoryRecord): Cell[] {
  const order = Object.keys(approaches);
  const placeOf = ({ approach }: Cell) => (order.includes(approach) ? order.indexOf(approach) : order.length);
  const cells = new Map<string, Cell>();
  for (const { approach, size, dataBytes } of trials) {
    const of = trials.filter((one) => one.approach === approach && one.size === size);
    cells.set(`${approach} ${size}`, { approach, size, multiple: dataBytes / limitBytes, trials: of });
  }
  return [...cells.values()].sort((a, b) => a.size - b.size || placeOf(a) - placeOf(b));
}

/** Returns the windows of these cells; nothing for a cell without any. */
export function listAnswers(cells: readonly Cell[]): Answers[] {
  return cells.flatMap((cell) =>
    (["cold", "warm"] as const).flatMap((cache) => {
      const windows = cell.trials.flatMap((trial) => trial.windows.filter((one) => one.cache === cache));
      return windows.length === 0 ? [] : [{ ...cell, cache, windows }];
    }),
  );
}

const COURSES: Readonly<Record<NonNullable<MemoryTrialRecord["end"]>["cause"], string>> = {
  killed: "is killed by the system",
  heap: "is ended by V8",
  refused: "gives up",
  hung: "hangs",
  failed: "fails",
  other: "ends",
};

/** What became of it, in a few words. */
export function tellCourse({ trials }: Cell): string {
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

export function formatMultiple(multiple: number): string {
  return multiple.toPrecision(2);
}
