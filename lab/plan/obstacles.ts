// Why an approach cannot do what is needed, however quick it is: by its row of the table, and by what crashes showed. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import type { Durability } from "../../services/storage/user-store.ts";
import type { FoundOutcome } from "../crash/latest-outcomes.ts";
import type { Outcome } from "../crash/record.ts";
import { promiseOf } from "../measure/levels.ts";
import { formatExact } from "../report/format.ts";
import { ASKS, type Ask, type Need, survivesAtLeast } from "./need.ts";

/** One reason, and where to look it up. */
export interface Reason {
  readonly text: string;
  /** A run with what of it, or the table of approaches. */
  readonly shownBy: string;
}

/** What is not known, and the command that finds it out, to which APPROACHES=name belongs; null where none of the lab's does. */
export interface Gap {
  readonly text: string;
  readonly command: string | null;
}

export interface Obstacles {
  readonly reasons: readonly Reason[];
  readonly gaps: readonly Gap[];
  /** What speaks for it. */
  readonly support: readonly Reason[];
}

export const NOTHING: Obstacles = { reasons: [], gaps: [], support: [] };

export const TABLE = "the table of approaches";
const LEVELS_AT_CHOICE = ["lesson", "none", "process", "power"] as const;

/** Returns the levels at which a row promises what is needed, or more. */
export function listLevels(row: Approach, asked: Durability) {
  return LEVELS_AT_CHOICE.filter((level) => {
    const promise = promiseOf(row, level);
    return promise !== null && survivesAtLeast(promise, asked);
  });
}

/** Whether the row of an approach says that it answers what is asked. */
export function isAnswered(ask: Ask, { answers }: Approach): boolean {
  return ASKS[ask].answers.every((one) => answers?.includes(one));
}

/** Says what the table of approaches has against it. */
export function findObstacles(row: Approach, need: Need): Reason[] {
  const reasons: Reason[] = [];
  const say = (text: string) => reasons.push({ text, shownBy: TABLE });
  const unanswered = need.asks.filter((ask) => !isAnswered(ask, row));
  if (unanswered.length > 0) say(`does not answer what is asked by ${unanswered.join(", ")}`);
  if (row.isExclusive && need.processes !== "one") say("one process alone may have it open");
  // What nobody writes to may be read by several, and copied to several machines.
  if (need.writesPerSecond === 0) return reasons;
  if (!row.writes) say("takes no writes");
  else if (listLevels(row, need.survives).length === 0)
    say(`no setting of it lets an acknowledged write survive ${nameOf(need.survives)}`);
  return reasons;
}

const NAMES: Readonly<Record<Durability, string>> = {
  nothing: "nothing",
  process: "the end of its process",
  power: "a power cut",
};

export function nameOf(durability: Durability): string {
  return NAMES[durability];
}

/** Of the experiments with crashes, those that ask what is needed of this setting; the strongest first. */
const CRASHES: Readonly<Record<Durability, readonly string[]>> = {
  nothing: [],
  process: ["kill"],
  power: ["power", "kill"],
};

/** Says what the crash experiments saw of an approach at a level, and whether they have shown all that is asked. */
export function findSurvival(
  name: string,
  level: string,
  survives: Durability,
  crash: readonly FoundOutcome[],
): Pick<Obstacles, "reasons" | "support"> & { readonly isSurvivalShown: boolean } {
  const asked = CRASHES[survives].flatMap((experiment) =>
    crash.filter(
      (one) =>
        one.experiment === experiment &&
        one.subject === name &&
        one.level === level &&
        one.outcome !== "not run",
    ),
  );
  const describe = (one: FoundOutcome): Reason => ({
    text: `${one.experiment}: ${describeLoss(one)}`,
    shownBy: `${one.run}, ${name} at ${level}`,
  });
  const lost = asked.filter(({ figures }) => (figures.lost ?? 0) > 0);
  const kept = asked.filter(({ figures, outcome }) => (figures.lost ?? 0) === 0 && outcome === "passed");
  const [strongest] = CRASHES[survives];
  const isSurvivalShown = strongest === undefined || kept.some(({ experiment }) => experiment === strongest);
  return { reasons: lost.map(describe), support: kept.map(describe), isSurvivalShown };
}

function describeLoss({ figures, measured }: Outcome): string {
  const { lost, acknowledged } = figures;
  if (lost === undefined || acknowledged === undefined) return measured;
  return `${formatExact(lost)} of ${formatExact(acknowledged)} acknowledged writes were lost`;
}
