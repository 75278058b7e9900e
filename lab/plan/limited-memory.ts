// What the experiments with a limit of memory say: who served, how many reads two connections got, and who ended. Pure.

import { keepLatest } from "../measure/latest.ts";
import { median } from "../measure/statistics.ts";
import type { MemoryRecord, MemoryTrialRecord } from "../memory/record.ts";
import { formatLimit } from "../memory/sections.ts";
import { formatExact } from "../report/format.ts";
import type { Capacity, Origin } from "./capacity.ts";
import { isNoLonger } from "./load-share.ts";
import type { Need } from "./need.ts";
import type { Reason } from "./obstacles.ts";

/** What its load asks for. */
const LIMITED_WORKLOAD = "read";

/** An approach at a size under a limit. */
export interface LimitedCell extends Origin {
  readonly limitBytes: number;
  /** Served: in every block, and none of its server's processes was ended. Ended: in every block, for want of memory. */
  readonly outcome: "served" | "ended" | "neither";
  /** What it ended with. */
  readonly words: string;
  readonly trials: readonly MemoryTrialRecord[];
}

/** Those ends that want of memory alone brings about. Whatever hangs, fails or is ended otherwise may have another reason. */
const WANT_OF_MEMORY: readonly string[] = ["killed", "heap", "refused"];

/** Lists what became of each approach at each size under each limit, by the latest run that has tried it.
 * @param records the latest first */
export function listLimitedCells(records: readonly MemoryRecord[]): LimitedCell[] {
  return keepLatest(
    records.flatMap(listCells),
    ({ approach, users, limitBytes }) => `${approach} ${users} ${limitBytes}`,
  );
}

function listCells({ run, startedAt, limitBytes, trials }: MemoryRecord): LimitedCell[] {
  const cells = Map.groupBy(trials, ({ approach, size }) => `${approach} ${size}`);
  return [...cells.values()].map((of) => {
    const [{ approach, size: users, dataBytes }] = of as [MemoryTrialRecord];
    const hasServed = of.every(({ end, oomKills }) => end === null && oomKills === 0);
    const hasEnded = of.every(({ end }) => end !== null && WANT_OF_MEMORY.includes(end.cause));
    return {
      ...{ approach, users, recordBytes: dataBytes / users, run, startedAt, limitBytes },
      outcome: hasServed ? "served" : hasEnded ? "ended" : "neither",
      words: of.flatMap(({ end }) => end?.words ?? []).at(-1) ?? "",
      trials: of,
    };
  });
}

/** Lists what those that served answered with the files in memory as far as there was room: so much at least, for two
 * connections do not ask for all that there is. */
export function listLimitedReads(cells: readonly LimitedCell[]): Capacity[] {
  return cells.flatMap(({ outcome, trials, limitBytes, words: _, ...origin }) => {
    const windows = trials.flatMap((trial) => trial.windows.filter(({ cache }) => cache === "warm"));
    const rates = windows.map(({ requests, windowMs }) => (requests / windowMs) * 1000);
    const isWrong = windows.some(({ errors }) => Object.keys(errors).length > 0);
    if (outcome !== "served" || isWrong || rates.length === 0 || Math.min(...rates) === 0) return [];
    const own = trials.flatMap(({ memory }) =>
      memory === null ? [] : [memory.anonBytes + memory.sharedBytes],
    );
    const starts = trials.flatMap(({ startupMs }) => startupMs ?? []);
    return {
      ...origin,
      operation: "read" as const,
      workload: LIMITED_WORKLOAD,
      processes: 1,
      requestsPerSecond: { value: median(rates), low: Math.min(...rates), high: Number.POSITIVE_INFINITY },
      isImplied: false,
      blocks: trials.length,
      setting: "",
      survives: "nothing" as const,
      memoryBytes: own.length === 0 ? null : Math.max(...own),
      hadMemoryBytes: limitBytes,
      enoughMemoryBytes: limitBytes,
      startupMs: starts.length === 0 ? null : median(starts),
    };
  });
}

/** Says why so much memory is too little: it ended with as much or more, and as many users or fewer, of records that were no
 * longer.
 * @param cells of one approach */
export function findWant(need: Need, cells: readonly LimitedCell[]): Reason[] {
  const { memoryBytes, users, recordBytes } = need;
  if (memoryBytes === null) return [];
  const ended = cells.filter(
    (cell) =>
      cell.outcome === "ended" &&
      cell.limitBytes >= memoryBytes &&
      cell.users <= users &&
      isNoLonger(cell.recordBytes, recordBytes),
  );
  const [nearest] = ended.toSorted((a, b) => b.users - a.users || a.limitBytes - b.limitBytes);
  if (nearest === undefined) return [];
  const where = `with ${formatLimit(nearest.limitBytes)} at ${formatExact(nearest.users)} users it`;
  return [
    { text: `${where} did not serve: ${nearest.words}`, shownBy: `${nearest.run}, ${nearest.approach}` },
  ];
}
