// Whether several processes may write to a store, by experiments. Pure.
import type { Approach } from "../../services/approaches/approach.ts";
import { summarizeCells } from "../writers/figures.ts";
import type { WritersRecord } from "../writers/record.ts";
import { type ApproachVerdict, judgeSharing } from "../writers/verdicts.ts";
import { listWorkloads, type Need } from "./need.ts";
import { NOTHING, type Obstacles, TABLE } from "./obstacles.ts";

/** What an experiment says of several processes that all ask for the same. */
export interface SharedVerdicts {
  readonly run: string;
  /** What they asked for. */
  readonly workload: string;
  readonly verdicts: readonly ApproachVerdict[];
}

export function judgeWriters(record: WritersRecord): SharedVerdicts {
  return { run: record.run, workload: "create", verdicts: judgeSharing(summarizeCells(record)) };
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
  experiments: readonly SharedVerdicts[],
): Obstacles {
  if (processes === "one" || row.isExclusive) return NOTHING;
  if (processes === "machines" && !isServed(row))
    return { ...NOTHING, reasons: [{ text: "its data is in files of one machine", shownBy: TABLE }] };
  const found = listWorkloads(asks, "write").map((workload): Obstacles => {
    const shared = experiments.find((one) => one.workload === workload);
    const verdict = shared?.verdicts.find(({ approach }) => approach === name);
    if (shared === undefined || verdict === undefined || verdict.sharing === "cannot tell") {
      const text = `whether several processes may write to it (${workload}), and how much`;
      return { ...NOTHING, gaps: [{ text, command: `${SHARED_COMMANDS[workload]} SIZE=${users}` }] };
    }
    const shown = { text: `${verdict.sharing}: ${verdict.why}`, shownBy: `${shared.run}, ${name}` };
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
