// Whether several processes may write to a store, by experiments. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import type { ApproachVerdict } from "../writers/verdicts.ts";
import { listWorkloads, type Need } from "./need.ts";
import { NOTHING, type Obstacles, TABLE } from "./obstacles.ts";

/** What experiments say of an approach that several processes all asked for the same. */
export interface SharedVerdict extends ApproachVerdict {
  /** What they asked for. */
  readonly workload: string;
  /** The folders of the runs that it is by. */
  readonly runs: readonly string[];
}

/** Measures what several processes write of a workload, and whether they may. */
export const SHARED_COMMANDS: Readonly<Record<string, string>> = {
  create: "make writers",
  order: "make questions",
};

/** Whether its data is reached over a network, and not in files of one machine. */
function isServed({ needs }: Approach): boolean {
  return needs.includes("database") && !needs.some((need) => need.startsWith("users."));
}

/** Says what stands against several processes that write, and for them. */
export function findSharing(
  name: string,
  row: Approach,
  { processes, asks, users }: Need,
  verdicts: readonly SharedVerdict[],
): Obstacles {
  if (processes === "one" || row.isExclusive) return NOTHING;
  if (processes === "machines" && !isServed(row))
    return { ...NOTHING, reasons: [{ text: "its data is in files of one machine", shownBy: TABLE }] };
  const found = listWorkloads(asks, "write").map((workload): Obstacles => {
    const verdict = verdicts.find((one) => one.workload === workload && one.approach === name);
    if (verdict === undefined || verdict.sharing === "cannot tell") {
      const text = `whether several processes may write to it (${workload}), and how much`;
      return { ...NOTHING, gaps: [{ text, command: `${SHARED_COMMANDS[workload]} SIZE=${users}` }] };
    }
    const shown = {
      text: `${verdict.sharing}: ${verdict.why}`,
      shownBy: `${verdict.runs.join(" and ")}, ${name}`,
    };
    return verdict.sharing === "not to be shared"
      ? { ...NOTHING, reasons: [shown] }
      : { ...NOTHING, support: [shown] };
  });
  return {
    reasons: found.flatMap(({ reasons }) => reasons),
    gaps: found.flatMap(({ gaps }) => gaps),
    support: found.flatMap(({ support }) => support),
  };
}
