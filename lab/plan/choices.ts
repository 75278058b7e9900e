// The ways to set an approach up, and how the load fares with each. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import type { FoundOutcome } from "../crash/latest-outcomes.ts";
import type { Capacity } from "./capacity.ts";
import { type Enough, findLoadShare, judgeShare, type LoadShare } from "./load-share.ts";
import { listWorkloads, type Need, survivesAtLeast } from "./need.ts";
import { findSurvival, listLevels, type Reason } from "./obstacles.ts";

/** A way to set an approach up. */
export interface Choice {
  /** Such as DURABILITY=power; empty for the default. */
  readonly setting: string;
  readonly share: LoadShare;
  readonly enough: Enough;
  /** Why it will not do, however quick it is. */
  readonly reasons: readonly Reason[];
  readonly support: readonly Reason[];
  /** Whether a crash has shown that its writes survive what they must; true where none must. */
  readonly isSurvivalShown: boolean;
}

const PREFERENCE: readonly Enough[] = ["enough", "cannot tell", "not measured", "too little"];

/** Returns the choice with the most headroom, and of those that were not measured the first, which nobody has to set; undefined
 * where there is none. */
export function pickBest(choices: readonly Choice[]): Choice | undefined {
  return choices.toSorted((a, b) => {
    const order = PREFERENCE.indexOf(a.enough) - PREFERENCE.indexOf(b.enough);
    if (order !== 0 || a.enough === "not measured") return order;
    return (a.share.value ?? 0) - (b.share.value ?? 0);
  })[0];
}

const NO_WRITES = { reasons: [], support: [], isSurvivalShown: true };

/** Lists the settings at which writes survive what they must, or the one way to read.
 * @param own capacities of this approach */
export function listChoices(
  name: string,
  row: Approach,
  need: Need,
  { own, crash }: { readonly own: readonly Capacity[]; readonly crash: readonly FoundOutcome[] },
): Choice[] {
  const choose = (level: string, setting: string, writes: readonly Capacity[]): Choice => {
    const share = findDearest(need, own, writes);
    const survival = findSurvival(name, level, need.survives, crash);
    const crashes = need.writesPerSecond > 0 ? survival : NO_WRITES;
    return { setting, share, enough: judgeShare(share, need), ...crashes };
  };
  if (need.writesPerSecond === 0) return [choose("lesson", "", [])];
  const writes = own.filter(
    ({ operation, processes, survives }) =>
      operation === "write" &&
      processes > 1 === (need.processes !== "one") &&
      survivesAtLeast(survives, need.survives),
  );
  if (need.processes !== "one") {
    const bySetting = Map.groupBy(writes, ({ setting }) => setting);
    const settings = bySetting.size > 0 ? [...bySetting] : ([["", []]] as const);
    return settings.map(([setting, of]) => choose("lesson", setting, of));
  }
  return listLevels(row, need.survives).map((level) => {
    const setting = level === "lesson" ? "" : `DURABILITY=${level}`;
    return choose(
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
