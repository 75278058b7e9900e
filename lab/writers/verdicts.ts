// What may be concluded of each approach, in one line, and the rules of thumb with what supports them. Pure.
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { formatCount, formatExact, formatMs } from "../report/format.ts";
import { upperBoundOfNone } from "./batch-fates.ts";
import type { CellSummary } from "./figures.ts";
import type { BatchesRecord } from "./record.ts";

export type Sharing = "may be shared" | "may be shared, with a delay" | "not to be shared" | "cannot tell";

export interface ApproachVerdict {
  readonly approach: string;
  readonly sharing: Sharing;
  /** One sentence. */
  readonly why: string;
}

/** A lock that was not got is a price; every other error of a read is a fault. */
const LOCKED = "SQLITE_BUSY";

/** Counts of what must not be; each by the word for it. */
export function listFaults(cell: CellSummary): string[] {
  const counts: readonly (readonly [number, string])[] = [
    [cell.lost, "lost"],
    [cell.seededLost, "of the seeded users lost"],
    [cell.duplicated, "stored twice"],
    [cell.unexpected, "stored though refused or by nobody"],
    [cell.wrong, "answered with something else"],
    [cell.malformedLines, "lines that are no user"],
    [sumKinds(cell.readErrors) - (cell.readErrors[LOCKED] ?? 0), "reads that were not answered"],
  ];
  return counts.filter(([count]) => count !== 0).map(([count, what]) => `${formatExact(count)} ${what}`);
}

/** Judges every approach that several processes wrote to. Threads are no processes of their own store: a cell of them
 * tells of the approach as well. */
export function judgeSharing(cells: readonly CellSummary[]): ApproachVerdict[] {
  const shared = cells.filter(({ processes }) => processes > 1);
  return [...Map.groupBy(shared, ({ approach }) => approach)].map(([approach, own]) => ({
    approach,
    ...judgeApproach(own),
  }));
}

function judgeApproach(cells: readonly CellSummary[]): Omit<ApproachVerdict, "approach"> {
  const sum = (of: (cell: CellSummary) => number) => cells.reduce((total, cell) => total + of(cell), 0);
  const acknowledged = sum((cell) => cell.acknowledged);
  const of = `of ${formatExact(acknowledged)} acknowledged`;
  const faults = cells.flatMap(listFaults);
  if (faults.length > 0) return { sharing: "not to be shared", why: `${faults.join(", ")}, ${of}` };
  if (acknowledged === 0 || sum(({ reads, readErrors }) => reads - sumKinds(readErrors)) === 0)
    return { sharing: "cannot tell", why: "nothing was acknowledged, asked for and answered" };
  const [stale, neverSeen] = [sum((cell) => cell.stale), sum((cell) => cell.neverSeen)];
  if (neverSeen > 0)
    return {
      sharing: "not to be shared",
      why: `${formatExact(neverSeen)} ${of} were missing at another process to the end, although the store has them all`,
    };
  const price = describePrice(cells);
  if (stale > 0) {
    const [longest] = cells
      .flatMap(({ staleForMs }) => staleForMs ?? [])
      .sort((a, b) => b.atLeast - a.atLeast);
    const time = longest === undefined ? "" : `, the longest for ${describeStaleness(longest)}`;
    const why = `${formatExact(stale)} ${of} were missing at another process at first${time}`;
    return { sharing: "may be shared, with a delay", why: `${why}; nothing lost or twice${price}` };
  }
  return { sharing: "may be shared", why: `nothing lost, stale or twice ${of}${price}` };
}

/** What was refused, cell by cell. */
function describePrice(cells: readonly CellSummary[]): string {
  return cells
    .map((cell) => {
      const [posts, reads] = [describeErrors(cell), describeReadErrors(cell)];
      const refused = [posts, reads && `of reads ${reads}`].filter(Boolean).join(", ");
      return refused && `; ${refused} (${[cell.setup, cell.processes].filter(Boolean).join(", ")})`;
    })
    .join("");
}

/** "3.2 % SQLITE_BUSY" of all that were asked; empty when nothing went wrong. */
export function describeErrors({ errors, attempted }: Pick<CellSummary, "errors" | "attempted">): string {
  return describeKinds(errors, attempted);
}

/** The same of reads. */
export function describeReadErrors({ readErrors, reads }: Pick<CellSummary, "readErrors" | "reads">): string {
  return describeKinds(readErrors, reads);
}

function describeKinds(kinds: Readonly<Record<string, number>>, all: number): string {
  return Object.entries(kinds)
    .map(([kind, count]) => `${formatPart(count / all)} ${kind}`)
    .join(", ");
}

function sumKinds(kinds: Readonly<Record<string, number>>): number {
  return Object.values(kinds).reduce((sum, count) => sum + count, 0);
}

/** "3 to 9 ms": what is known of how long a user was stale. */
export function describeStaleness({ atLeast, atMost }: NonNullable<CellSummary["staleForMs"]>): string {
  return `${formatMs(atLeast)} to ${formatMs(atMost)}`;
}

export function formatPart(part: number): string {
  return `${formatCount(part * 100)} %`;
}

export interface BatchVerdict {
  readonly outcome: "held" | "broken" | "shown" | "cannot tell";
  /** One sentence. */
  readonly why: string;
}

/** Judges what kills did to batches. A control that shows no half batch has shown that the experiment would not see one. */
export function judgeBatches(
  { promise, inFlight, half, lost }: BatchesRecord,
  isControlShown: boolean,
): BatchVerdict {
  const seen = `${half} of ${inFlight} batches in flight were half there`;
  if (lost > 0) return { outcome: "broken", why: `${lost} acknowledged batches are not there as a whole` };
  if (promise === "naive")
    return half > 0
      ? { outcome: "shown", why: `${seen}, as nothing keeps it from happening` }
      : { outcome: "cannot tell", why: `${seen}: no kill has hit one, so the others prove nothing` };
  if (half > 0) return { outcome: "broken", why: `${seen}, against what is promised` };
  if (!isControlShown || inFlight === 0)
    return { outcome: "cannot tell", why: `${seen}, but no control has shown one` };
  const bound = formatPart(upperBoundOfNone(inFlight));
  return { outcome: "held", why: `${seen}: fewer than ${bound}, at 95 % confidence` };
}

/** Whether one of the naive ways was caught with half a batch. */
export function isControlShown(batches: readonly BatchesRecord[]): boolean {
  return batches.some(({ promise, half }) => promise === "naive" && half > 0);
}

export interface RuleOfThumb {
  readonly rule: string;
  /** Cells and approaches whose rows agree with it, and those whose do not. */
  readonly supportedBy: readonly string[];
  readonly contradictedBy: readonly string[];
  /** What the rows cannot say. */
  readonly unsaid: string;
}

/** The lesson's three rules of thumb. */
export function listRules(cells: readonly CellSummary[], approaches: Approaches): RuleOfThumb[] {
  const alone = cells.filter(({ processes }) => processes === 1);
  const isSound = (cell: CellSummary) => listFaults(cell).length === 0 && cell.stale === 0;
  const names = (list: readonly CellSummary[]) => list.map(({ cell }) => cell);
  const verdicts = judgeSharing(cells);
  const rowsOf = (is: (row: Approach) => boolean, sharing: readonly Sharing[]) =>
    verdicts.filter((one) => {
      const row = approaches[one.approach];
      return row !== undefined && is(row) && sharing.includes(one.sharing);
    });
  const approachNames = (list: readonly ApproachVerdict[]) => list.map(({ approach }) => approach);
  const isDatabase = ({ needs }: Approach) => !needs.includes("users.jsonl");
  const isServer = ({ needs }: Approach) => needs.length === 1 && needs[0] === "database";
  return [
    {
      rule: "One process: anything works",
      supportedBy: names(alone.filter(isSound)),
      contradictedBy: names(alone.filter((cell) => !isSound(cell))),
      unsaid: "",
    },
    {
      rule: "Several processes on one machine: SQLite or a network database",
      supportedBy: approachNames(rowsOf(isDatabase, ["may be shared"])),
      contradictedBy: approachNames(rowsOf(isDatabase, ["not to be shared", "may be shared, with a delay"])),
      unsaid: nameFiles(
        approachNames(rowsOf((row) => !isDatabase(row), ["may be shared"])),
        approachNames(rowsOf((row) => !isDatabase(row), ["not to be shared"])),
      ),
    },
    {
      rule: "Several machines: a network database",
      supportedBy: approachNames(rowsOf(isServer, ["may be shared"])),
      contradictedBy: approachNames(rowsOf(isServer, ["not to be shared", "may be shared, with a delay"])),
      unsaid:
        "All processes were on one machine: that others may reach the server as well is not measured here",
    },
  ];
}

/** What the rows say of those that the rule leaves out. */
function nameFiles(shared: readonly string[], unshared: readonly string[]): string {
  return [
    unshared.length === 0 ? "" : `${unshared.join(" and ")} may not`,
    shared.length === 0 ? "" : `${shared.join(" and ")} may be shared too, at the price in the table`,
  ]
    .filter(Boolean)
    .join("; ");
}
