// What would change the answer: the same need with one thing different, judged again. Pure.
import { formatLimit } from "../memory/sections.ts";
import { formatExact } from "../report/format.ts";
import type { Judgment, PlanVerdict } from "./judge.ts";
import { type Need, SURVIVALS } from "./need.ts";
import { nameOf } from "./obstacles.ts";

/** Approaches whose verdict is another one with this one thing different. */
export interface Change {
  /** What is different: "ten times the users". */
  readonly what: string;
  readonly verdicts: readonly {
    readonly approach: string;
    readonly from: PlanVerdict;
    readonly to: PlanVerdict;
    /** The first reason, or what is missing; empty where it can. */
    readonly why: string;
  }[];
}

/** Lists the needs that differ from this one in one thing. */
function listVariations(need: Need): readonly { readonly what: string; readonly need: Need }[] {
  const { users, readsPerSecond, writesPerSecond, memoryBytes, processes, survives, asks } = need;
  const rates = (
    [
      [2, "twice"],
      [10, "ten times"],
    ] as const
  ).flatMap(([times, word]) => [
    { what: `${word} the reads`, need: { ...need, readsPerSecond: readsPerSecond * times } },
    { what: `${word} the writes`, need: { ...need, writesPerSecond: writesPerSecond * times } },
  ]);
  const survivals = SURVIVALS.filter((one) => writesPerSecond > 0 && one !== survives).map((one) => ({
    what: `acknowledged writes that must survive ${nameOf(one)}`,
    need: { ...need, survives: one },
  }));
  return [
    ...rates.filter(
      (one) => one.need.readsPerSecond !== readsPerSecond || one.need.writesPerSecond !== writesPerSecond,
    ),
    ...(writesPerSecond === 0 ? [{ what: "a write per second", need: { ...need, writesPerSecond: 1 } }] : []),
    { what: `ten times the users (${formatExact(users * 10)})`, need: { ...need, users: users * 10 } },
    ...(memoryBytes === null
      ? []
      : [
          {
            what: `half the memory (${formatLimit(memoryBytes / 2)})`,
            need: { ...need, memoryBytes: memoryBytes / 2 },
          },
          {
            what: `twice the memory (${formatLimit(memoryBytes * 2)})`,
            need: { ...need, memoryBytes: memoryBytes * 2 },
          },
        ]),
    ...survivals,
    ...(processes === "one"
      ? [{ what: "several processes", need: { ...need, processes: "several" as const } }]
      : []),
    ...(processes === "machines"
      ? []
      : [{ what: "several machines", need: { ...need, processes: "machines" as const } }]),
    ...(asks.includes("email")
      ? []
      : [{ what: "questions by email too", need: { ...need, asks: [...asks, "email" as const] } }]),
  ];
}

/** Lists what changes; variations that change nothing are left out. */
export function listChanges(
  need: Need,
  now: readonly Judgment[],
  judgeAll: (need: Need) => readonly Judgment[],
): Change[] {
  const changes = listVariations(need).map(({ what, need: other }) => {
    const then = new Map(judgeAll(other).map((one) => [one.approach, one]));
    const verdicts = now.flatMap(({ approach, verdict: from }) => {
      const other = then.get(approach) as Judgment;
      const why = other.reasons[0]?.text ?? other.gaps[0]?.text ?? "";
      return other.verdict === from ? [] : [{ approach, from, to: other.verdict, why }];
    });
    return { what, verdicts };
  });
  return changes.filter(({ verdicts }) => verdicts.length > 0);
}
