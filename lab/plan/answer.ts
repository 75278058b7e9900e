// The answer to a need: every approach judged, what would change it, and what makes it say less. Pure.
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { type Change, listChanges } from "./changes.ts";
import { type Evidence, type Judgment, judgeApproach, type PlanVerdict } from "./judge.ts";
import { ENOUGH_SHARE } from "./load-share.ts";
import { type DayAssumptions, dailyUsersOf, listWorkloads, type Need } from "./need.ts";

export interface Answer {
  readonly need: Need;
  readonly day: DayAssumptions & {
    /** How many users a day the load is. */
    readonly users: number;
  };
  /** One sentence. */
  readonly headline: string;
  /** In the order of the table, the simplest first. */
  readonly judgments: readonly (Judgment & {
    /** How many users a day it takes before it is as busy as it may be; null where nothing was measured. */
    readonly dailyUsers: number | null;
  })[];
  readonly changes: readonly Change[];
  /** Of the runs that the figures are from, and of the results as a whole. */
  readonly caveats: readonly Caveat[];
}

export interface Caveat {
  /** A run, or all results. */
  readonly of: string;
  readonly text: string;
}

const ALL_RESULTS = "all results";

/** Which rows are judged: those that store users, and of variants those whose reads of this kind were measured. */
function listJudged(
  table: Approaches,
  { asks }: Need,
  { figures }: Pick<Evidence, "figures">,
): [string, Approach][] {
  const reads = listWorkloads(asks, "read");
  const measured = new Set(
    figures.capacities.flatMap(({ approach, workload }) => (reads.includes(workload) ? [approach] : [])),
  );
  return Object.entries(table).filter(
    ([name, row]) => row.stores && (row.variantOf === undefined || measured.has(name)),
  );
}

/** @param notes about the results as a whole */
export function answer(
  need: Need,
  assumptions: DayAssumptions,
  table: Approaches,
  evidence: Evidence,
  notes: readonly string[] = [],
): Answer {
  const rows = listJudged(table, need, evidence);
  const judgeAll = (one: Need) => rows.map(([name, row]) => judgeApproach(name, row, one, evidence));
  const judgments = judgeAll(need);
  const users = dailyUsersOf(need.readsPerSecond + need.writesPerSecond, assumptions);
  return {
    need,
    day: { ...assumptions, users },
    headline: writeHeadline(judgments, table),
    judgments: judgments.map((one) => ({
      ...one,
      dailyUsers: one.headroom === null ? null : users * one.headroom * ENOUGH_SHARE,
    })),
    changes: listChanges(need, judgments, judgeAll),
    caveats: [
      ...listRunCaveats(judgments, evidence),
      ...[...notes, ...listUnshown(judgments)].map((text) => ({ of: ALL_RESULTS, text })),
    ],
  };
}

/** Files that are read and written by code that anybody can follow; everything else is a database. */
function isDatabase(row: Approach | undefined): boolean {
  return row !== undefined && !row.needs.includes("users.jsonl");
}

function writeHeadline(judgments: readonly Judgment[], table: Approaches): string {
  const of = (verdict: PlanVerdict, database: boolean) =>
    judgments
      .filter((one) => one.verdict === verdict && isDatabase(table[one.approach]) === database)
      .map(({ approach }) => approach);
  const [plain, databases] = [of("can", false), of("can", true)];
  const open = (database: boolean) => [...of("not measured", database), ...of("cannot tell", database)];
  if (plain.length > 0) {
    const also = databases.length > 0 ? `; of the databases ${listNames(databases)} can as well` : "";
    return `No: ${listNames(plain)} can do this without one${also}.`;
  }
  if (open(false).length > 0)
    return `Not known yet: without one ${listNames(open(false))} may do, but the results do not say (what to run is below)${databases.length > 0 ? `; with one ${listNames(databases)} can` : ""}.`;
  if (databases.length > 0) return `Yes: without one nothing here can do this; ${listNames(databases)} can.`;
  if (open(true).length > 0)
    return `Yes, if ${listNames(open(true))} can: that is not known yet, and nothing else can.`;
  return "Nothing that was measured here can do this.";
}

function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Says of whom that would do no crash has shown that writes survive. */
function listUnshown(judgments: readonly Judgment[]): string[] {
  const unshown = judgments.filter(
    ({ verdict, isSurvivalShown }) => !isSurvivalShown && (verdict === "can" || verdict === "cannot tell"),
  );
  if (unshown.length === 0) return [];
  const names = unshown.map(({ approach }) => approach);
  return [
    `No finished crash experiment has shown what writes of ${listNames(names)} survive: that is the settings' word (make crash APPROACHES=${names.join()}).`,
  ];
}

function listRunCaveats(judgments: readonly Judgment[], { figures }: Evidence): Caveat[] {
  const runs = judgments.flatMap(({ by, latency }) => [...by, ...(latency === null ? [] : [latency])]);
  return [...new Set(runs.map(({ run }) => run))].flatMap((run) =>
    (figures.caveats.get(run) ?? []).map((text) => ({ of: run, text })),
  );
}
