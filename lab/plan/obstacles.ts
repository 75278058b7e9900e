// Why an approach cannot do what is needed, however quick it is: by its row of the table, and by what experiments showed. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import type { Durability } from "../../services/storage/user-store.ts";
import type { CrashRecord, Outcome } from "../crash/record.ts";
import { promiseOf } from "../measure/levels.ts";
import { formatExact } from "../report/format.ts";
import { summarizeCells } from "../writers/figures.ts";
import type { WritersRecord } from "../writers/record.ts";
import { type ApproachVerdict, judgeSharing } from "../writers/verdicts.ts";
import { ASKS, type Ask, type Need, survivesAtLeast } from "./need.ts";

/** One reason, and where to look it up. */
export interface Reason {
  readonly text: string;
  /** A run with what of it, or the table of approaches. */
  readonly shownBy: string;
}

/** What is not known, and the command that finds it out, to which APPROACHES=name belongs. */
export interface Gap {
  readonly text: string;
  readonly command: string;
}

export interface Obstacles {
  readonly reasons: readonly Reason[];
  readonly gaps: readonly Gap[];
  /** What speaks for it. */
  readonly support: readonly Reason[];
}

const TABLE = "the table of approaches";
const LEVELS_AT_CHOICE = ["lesson", "none", "process", "power"] as const;

/** Returns the levels at which a row promises what is needed, or more. */
export function listLevels(row: Approach, asked: Durability) {
  return LEVELS_AT_CHOICE.filter((level) => {
    const promise = promiseOf(row, level);
    return promise !== null && survivesAtLeast(promise, asked);
  });
}

/** Whether its data is reached over a network, and not in files of one machine. */
function isServed({ needs }: Approach): boolean {
  return needs.includes("database") && !needs.some((need) => need.startsWith("users."));
}

/** Whether the row of an approach says that it answers what is asked. */
export function isAnswered(ask: Ask, { answers }: Approach): boolean {
  return ASKS[ask].answers.every((one) => answers?.includes(one));
}

export function findObstacles(
  name: string,
  row: Approach,
  need: Need,
  sharing: SharedVerdicts | null,
): Obstacles {
  const reasons: Reason[] = [];
  const unanswered = need.asks.filter((ask) => !isAnswered(ask, row));
  if (unanswered.length > 0)
    reasons.push({ text: `does not answer what is asked by ${unanswered.join(", ")}`, shownBy: TABLE });
  if (row.isExclusive && need.processes !== "one")
    reasons.push({ text: "one process alone may have it open", shownBy: TABLE });
  // What nobody writes to may be read by several, and copied to several machines.
  if (need.writesPerSecond === 0) return { reasons, gaps: [], support: [] };
  if (!row.writes) reasons.push({ text: "takes no writes", shownBy: TABLE });
  if (!row.writes) return { reasons, gaps: [], support: [] };
  const levels = listLevels(row, need.survives);
  if (levels.length === 0)
    reasons.push({
      text: `no setting of it lets an acknowledged write survive ${nameOf(need.survives)}`,
      shownBy: TABLE,
    });
  const shared: Obstacles = row.isExclusive
    ? { reasons: [], gaps: [], support: [] }
    : findSharing(name, row, need, sharing);
  return {
    reasons: [...reasons, ...shared.reasons],
    gaps: shared.gaps,
    support: shared.support,
  };
}

const NAMES: Readonly<Record<Durability, string>> = {
  nothing: "nothing",
  process: "the end of its process",
  power: "a power cut",
};

export function nameOf(durability: Durability): string {
  return NAMES[durability];
}

/** An experiment with several writers, judged. */
export interface SharedVerdicts {
  readonly run: string;
  readonly verdicts: readonly ApproachVerdict[];
}

export function judgeWriters(record: WritersRecord): SharedVerdicts {
  return { run: record.run, verdicts: judgeSharing(summarizeCells(record)) };
}

function findSharing(
  name: string,
  row: Approach,
  { processes }: Need,
  shared: SharedVerdicts | null,
): Obstacles {
  const none: Obstacles = { reasons: [], gaps: [], support: [] };
  if (processes === "one") return none;
  if (processes === "machines" && !isServed(row))
    return { ...none, reasons: [{ text: "its data is in files of one machine", shownBy: TABLE }] };
  const verdict = shared?.verdicts.find(({ approach }) => approach === name);
  if (shared === null || verdict === undefined || verdict.sharing === "cannot tell") {
    const text = "whether several processes may write to it";
    return { ...none, gaps: [{ text, command: "make writers" }] };
  }
  const shown = { text: `${verdict.sharing}: ${verdict.why}`, shownBy: `${shared.run}, ${name}` };
  return verdict.sharing === "not to be shared"
    ? { ...none, reasons: [shown] }
    : { ...none, support: [shown] };
}

/** Of the experiments with crashes, those that ask what is needed of this setting; the strongest first. */
const CRASHES: Readonly<Record<Durability, readonly string[]>> = {
  nothing: [],
  process: ["kill"],
  power: ["power", "kill"],
};

/** Says what the crash experiments saw of an approach at a level. */
export function findSurvival(
  name: string,
  level: string,
  survives: Durability,
  crash: CrashRecord | null,
): Pick<Obstacles, "reasons" | "support"> {
  const asked = CRASHES[survives].flatMap((experiment) =>
    (crash?.outcomes ?? []).filter(
      (one) =>
        one.experiment === experiment &&
        one.subject === name &&
        one.level === level &&
        one.outcome !== "not run",
    ),
  );
  const describe = (one: Outcome): Reason => ({
    text: `${one.experiment}: ${describeLoss(one)}`,
    shownBy: `${crash?.run}, ${name} at ${level}`,
  });
  const lost = asked.filter(({ figures }) => (figures.lost ?? 0) > 0);
  const kept = asked.filter(({ figures, outcome }) => (figures.lost ?? 0) === 0 && outcome === "passed");
  return { reasons: lost.map(describe), support: kept.map(describe) };
}

function describeLoss({ figures, measured }: Outcome): string {
  const { lost, acknowledged } = figures;
  if (lost === undefined || acknowledged === undefined) return measured;
  return `${formatExact(lost)} of ${formatExact(acknowledged)} acknowledged writes were lost`;
}
