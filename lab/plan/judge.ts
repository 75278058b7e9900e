// What may be said of one approach and a need. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import type { FoundOutcome } from "../crash/latest-outcomes.ts";
import { formatCount, formatExact, formatRatio } from "../report/format.ts";
import type { Capacity, OpenLatency } from "./capacity.ts";
import { type Choice, listChoices, pickBest } from "./choices.ts";
import { describeGap, describeMemoryGap } from "./gaps.ts";
import { findWant, type LimitedCell } from "./limited-memory.ts";
import { ENOUGH_SHARE, type LoadShare } from "./load-share.ts";
import type { Need } from "./need.ts";
import { findObstacles, type Gap, NOTHING, type Reason } from "./obstacles.ts";
import { findSharing, type SharedVerdict } from "./sharing.ts";

/** What was measured. */
export interface Figures {
  readonly capacities: readonly Capacity[];
  readonly latencies: readonly OpenLatency[];
  /** What makes the figures of a run say less, by its name. */
  readonly caveats: ReadonlyMap<string, readonly string[]>;
}

/** All that was measured and shown. */
export interface Evidence {
  readonly figures: Figures;
  /** What experiments with several processes say of each approach. */
  readonly sharing: readonly SharedVerdict[];
  /** The latest of each question to each approach at each level. */
  readonly crash: readonly FoundOutcome[];
  /** What experiments with a limit of memory saw. */
  readonly limited: readonly LimitedCell[];
}

export type PlanVerdict = "can" | "cannot" | "cannot tell" | "not measured";

export interface Judgment {
  readonly approach: string;
  readonly summary: string;
  readonly verdict: PlanVerdict;
  /** Setting that writes need, such as DURABILITY=power; empty for the default. */
  readonly setting: string;
  /** How many times the load goes into the capacity; null where nothing was measured. */
  readonly headroom: number | null;
  /** What the headroom is computed from. */
  readonly by: readonly Capacity[];
  /** Reads at the lowest rate that was measured and is not below what is needed, or at the highest. */
  readonly latency: OpenLatency | null;
  /** Why it cannot. */
  readonly reasons: readonly Reason[];
  /** What is not known. */
  readonly gaps: readonly Gap[];
  /** What experiments say for it. */
  readonly support: readonly Reason[];
  /** Whether a crash experiment has shown that its writes survive what they must; true where none must. */
  readonly isSurvivalShown: boolean;
}

/** Judges one approach. Of several settings that will do it takes the one with the most headroom. */
export function judgeApproach(name: string, row: Approach, need: Need, evidence: Evidence): Judgment {
  const own = evidence.figures.capacities.filter(({ approach }) => approach === name);
  const limited = evidence.limited.filter(({ approach }) => approach === name);
  const isWritten = need.writesPerSecond > 0 && row.writes;
  const shared = isWritten ? findSharing(name, row, need, evidence.sharing) : NOTHING;
  const choices = listChoices(name, row, need, { own, crash: evidence.crash });
  const sound = choices.filter(({ reasons }) => reasons.length === 0);
  const best = pickBest(sound.length > 0 ? sound : choices);
  const reasons = [
    ...findObstacles(row, need),
    ...shared.reasons,
    ...(sound.length === 0 ? (best?.reasons ?? []) : []),
    ...findWant(need, limited),
    ...(best?.enough === "too little" ? [describeShare(best.share, need)] : []),
  ];
  const gaps = [...shared.gaps, ...listLoadGaps(name, row, need, { ...evidence, best, own, limited })];
  return {
    approach: name,
    summary: row.summary,
    verdict: decide(reasons, gaps, best),
    setting: best?.setting ?? "",
    headroom: best?.share.value ? 1 / best.share.value : null,
    by: best?.share.by ?? [],
    latency: pickLatency(name, need, evidence.figures.latencies),
    reasons,
    gaps: reasons.length > 0 ? [] : listOnce(gaps),
    support: [...shared.support, ...(best?.support ?? [])],
    isSurvivalShown: best?.isSurvivalShown ?? true,
  };
}

/** What one command finds out is asked for once. */
function listOnce(gaps: readonly Gap[]): Gap[] {
  return [...Map.groupBy(gaps, ({ command, text }) => command ?? text).values()].flatMap(
    ([gap]) => gap ?? [],
  );
}

function decide(reasons: readonly Reason[], gaps: readonly Gap[], best: Choice | undefined): PlanVerdict {
  if (reasons.length > 0) return "cannot";
  if (gaps.length > 0) return "not measured";
  return best?.enough === "enough" ? "can" : "cannot tell";
}

/** Says what of the load is not known: how it fares with this memory, where it is known with plenty. */
function listLoadGaps(
  name: string,
  row: Approach,
  need: Need,
  {
    best,
    own,
    limited,
    crash,
  }: Pick<Evidence, "crash" | "limited"> & {
    readonly best: Choice | undefined;
    readonly own: readonly Capacity[];
  },
): Gap[] {
  const { memoryBytes } = need;
  if (best !== undefined && best.enough !== "not measured") return [];
  const withPlenty = { ...need, memoryBytes: null };
  const isKnown = pickBest(listChoices(name, row, withPlenty, { own, crash }))?.enough !== "not measured";
  return memoryBytes !== null && best !== undefined && isKnown
    ? [describeMemoryGap({ ...need, memoryBytes }, own, limited)]
    : [describeGap(need, best)];
}

function describeShare(share: LoadShare, { readsPerSecond, writesPerSecond }: Need): Reason {
  const parts = share.lowBy.map(({ operation, workload, requestsPerSecond, users }) => {
    const asked = operation === "read" ? readsPerSecond : writesPerSecond;
    return `${formatCount(asked)} of ${formatCount(requestsPerSecond.value)} ${workload} per second at ${formatExact(users)} users`;
  });
  const [percent, most] = [share.low, ENOUGH_SHARE].map((part) => `${formatExact(Math.floor(part * 100))} %`);
  const part = share.low >= 1 ? `${formatRatio(share.low)} times` : `${percent}, and more than ${most}, of`;
  return {
    text: `the load is at least ${part} what it can do: ${parts.join(", ")}`,
    shownBy: [...new Set(share.lowBy.map(describeSource))].join("; "),
  };
}

/** Where a capacity is from. */
export function describeSource({ run, approach, workload, setting }: Capacity): string {
  return `${run}, ${[approach, workload, setting].filter(Boolean).join(" ")}`;
}

function pickLatency(
  name: string,
  { users, readsPerSecond, writesPerSecond }: Need,
  latencies: readonly OpenLatency[],
): OpenLatency | null {
  const rate = readsPerSecond + writesPerSecond;
  const own = latencies.filter((one) => one.approach === name && one.users >= users);
  const sizes = own.toSorted((a, b) => a.users - b.users || b.startedAt.localeCompare(a.startedAt));
  const nearest = own.filter(({ run }) => run === sizes[0]?.run);
  const rates = nearest.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  return rates.find(({ requestsPerSecond }) => requestsPerSecond >= rate) ?? rates.at(-1) ?? null;
}
