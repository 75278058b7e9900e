// What may be said of one approach and a need. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import type { CrashRecord } from "../crash/record.ts";
import { formatCount, formatExact, formatRatio } from "../report/format.ts";
import type { Capacity, Figures, OpenLatency } from "./figures.ts";
import { type Enough, findLoadShare, isAlike, judgeShare, type LoadShare } from "./load-share.ts";
import { listWorkloads, type Need, survivesAtLeast } from "./need.ts";
import {
  findObstacles,
  findSurvival,
  type Gap,
  listLevels,
  type Reason,
  type SharedVerdicts,
} from "./obstacles.ts";

/** All that was measured and shown. */
export interface Evidence {
  readonly figures: Figures;
  /** What an experiment with several writers says of each approach. */
  readonly sharing: SharedVerdicts | null;
  readonly crash: CrashRecord | null;
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
}

/** A way to set an approach up, and how the load fares with it. */
interface Option {
  readonly setting: string;
  readonly level: string;
  readonly share: LoadShare;
  readonly enough: Enough;
  readonly reasons: readonly Reason[];
  readonly support: readonly Reason[];
}

const PREFERENCE: readonly Enough[] = ["enough", "cannot tell", "not measured", "too little"];

/** Judges one approach. Of several settings that will do it takes the one with the most headroom. */
export function judgeApproach(name: string, row: Approach, need: Need, evidence: Evidence): Judgment {
  const obstacles = findObstacles(name, row, need, evidence.sharing);
  const options = listOptions(name, row, need, evidence);
  const sound = options.filter(({ reasons }) => reasons.length === 0);
  const best = (sound.length > 0 ? sound : options).toSorted(compareOptions)[0];
  const slow = best?.enough === "too little" ? [describeShare(best.share, need)] : [];
  const reasons = [...obstacles.reasons, ...(sound.length === 0 ? (best?.reasons ?? []) : []), ...slow];
  const isMissing = best === undefined || best.enough === "not measured";
  const unmeasured = isMissing ? [describeGap(need, best)] : [];
  const gaps = reasons.length > 0 ? [] : [...obstacles.gaps, ...unmeasured];
  return {
    approach: name,
    summary: row.summary,
    verdict: decide(reasons, gaps, best),
    setting: best?.setting ?? "",
    headroom: best?.share.value ? 1 / best.share.value : null,
    by: best?.share.by ?? [],
    latency: pickLatency(name, need, evidence.figures.latencies),
    reasons,
    gaps,
    support: [...obstacles.support, ...(best?.support ?? [])],
  };
}

function decide(reasons: readonly Reason[], gaps: readonly Gap[], best: Option | undefined): PlanVerdict {
  if (reasons.length > 0) return "cannot";
  if (gaps.length > 0) return "not measured";
  return best?.enough === "enough" ? "can" : "cannot tell";
}

function compareOptions(a: Option, b: Option): number {
  const order = PREFERENCE.indexOf(a.enough) - PREFERENCE.indexOf(b.enough);
  return order || (a.share.value ?? 0) - (b.share.value ?? 0);
}

/** Lists the settings at which writes survive what they must, or the one way to read. */
function listOptions(name: string, row: Approach, need: Need, { figures, crash }: Evidence): Option[] {
  const own = figures.capacities.filter(({ approach }) => approach === name);
  const toOption = (level: string, setting: string, writes: readonly Capacity[]): Option => {
    const share = findDearest(need, own, writes);
    const survival = findSurvival(name, level, need.survives, crash);
    const crashes = need.writesPerSecond > 0 ? survival : { reasons: [], support: [] };
    return { setting, level, share, enough: judgeShare(share, need), ...crashes };
  };
  if (need.writesPerSecond === 0) return [toOption("lesson", "", [])];
  const writes = own.filter(
    ({ operation, processes, survives }) =>
      operation === "write" &&
      processes > 1 === (need.processes !== "one") &&
      survivesAtLeast(survives, need.survives),
  );
  if (need.processes !== "one") {
    const bySetting = Map.groupBy(writes, ({ setting }) => setting);
    const settings = bySetting.size > 0 ? [...bySetting] : ([["", []]] as const);
    return settings.map(([setting, of]) => toOption("lesson", setting, of));
  }
  return listLevels(row, need.survives).map((level) => {
    const setting = level === "lesson" ? "" : `DURABILITY=${level}`;
    return toOption(
      level,
      setting,
      writes.filter((one) => one.setting === setting),
    );
  });
}

/** Which kinds of what is asked most requests are of is not known: reads and writes are taken for the dearest. */
function findDearest(need: Need, own: readonly Capacity[], writes: readonly Capacity[]): LoadShare {
  const pick = (of: readonly Capacity[], name: string) => of.filter(({ workload }) => workload === name);
  const shares = listWorkloads(need.asks, "read").flatMap((read) =>
    listWorkloads(need.asks, "write").map((write) =>
      findLoadShare(need, [
        { perSecond: need.readsPerSecond, capacities: pick(own, read) },
        { perSecond: need.writesPerSecond, capacities: pick(writes, write) },
      ]),
    ),
  );
  return shares.toSorted((a, b) => b.high - a.high || b.low - a.low)[0] as LoadShare;
}

function describeShare(share: LoadShare, { readsPerSecond, writesPerSecond }: Need): Reason {
  const parts = share.by.map(({ operation, workload, requestsPerSecond, users }) => {
    const asked = operation === "read" ? readsPerSecond : writesPerSecond;
    return `${formatCount(asked)} of ${formatCount(requestsPerSecond.value)} ${workload} per second at ${formatExact(users)} users`;
  });
  return {
    text: `the load is at least ${formatRatio(share.low)} times what it can do: ${parts.join(", ")}`,
    shownBy: [...new Set(share.by.map(describeSource))].join("; "),
  };
}

/** Where a capacity is from. */
export function describeSource({ run, approach, workload, setting }: Capacity): string {
  return `${run}, ${[approach, workload, setting].filter(Boolean).join(" ")}`;
}

function describeGap(need: Need, best: Option | undefined): Gap {
  const { users, recordBytes, processes, writesPerSecond, asks } = need;
  if (best?.share.by.some((one) => !isAlike(one.recordBytes, recordBytes)))
    return {
      text: `records of about ${formatExact(recordBytes)} bytes`,
      command: "make bench DATA=people.jsonl KEY=id",
    };
  const text = `${formatExact(users)} users`;
  const [reads, writes] = [
    listWorkloads(asks, "read"),
    writesPerSecond > 0 ? listWorkloads(asks, "write") : [],
  ];
  if (processes !== "one" && writes.includes("order"))
    return {
      text: "how many orders several processes take; whether their inventory holds is said by",
      command: "make questions",
    };
  if (processes !== "one" && writesPerSecond > 0) return { text, command: `make writers SIZE=${users}` };
  const workloads = [...reads, ...writes];
  const setting = best?.setting ? ` ${best.setting}` : "";
  return {
    text: text + setting,
    command: `make bench SIZE=${users} WORKLOADS=${workloads.join(",")}${setting}`,
  };
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
