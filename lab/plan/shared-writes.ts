// What the experiments with several writers say of what approaches can do. Pure.
import { seededUser } from "../../k6/lib/users.ts";
import { keepLatest } from "../measure/latest.ts";
import { type CellSummary, summarizeCells } from "../writers/figures.ts";
import type { TrialRecord, WritersRecord } from "../writers/record.ts";
import { judgeSharing, listFaults } from "../writers/verdicts.ts";
import type { Capacity } from "./capacity.ts";
import type { SharedVerdict } from "./sharing.ts";

/** What the experiment writes. */
const SHARED_WORKLOAD = "create";

/** A cell of several processes, and what it is bound to. */
export interface SharedCell
  extends CellSummary,
    Pick<Capacity, "users" | "recordBytes" | "run" | "startedAt" | "survives" | "hadMemoryBytes"> {}

/** Lists the latest of each setup at each size.
 * @param records the latest first */
export function listSharedCells(records: readonly WritersRecord[]): SharedCell[] {
  return keepLatest(records.flatMap(listCells), ({ cell, users }) => `${users} ${cell}`);
}

function listCells(record: WritersRecord): SharedCell[] {
  const { size: users, run, startedAt, machine, trials } = record;
  const recordBytes = meanSeededBytes(record);
  const shared = summarizeCells(record).filter(({ processes }) => processes > 1);
  return shared.map((cell) => {
    const [{ durability }] = trials.filter((trial) => trial.cell === cell.cell) as [TrialRecord];
    const hadMemoryBytes = machine.memoryBytes;
    return { ...cell, users, recordBytes, run, startedAt, survives: durability, hadMemoryBytes };
  });
}

/** Lists what all processes of a cell together stored. Cells that lost something are no capacity. */
export function listSharedWrites(cells: readonly SharedCell[]): Capacity[] {
  return cells
    .filter((cell) => !cell.areThreads && listFaults(cell).length === 0)
    .map(({ approach, users, recordBytes, run, startedAt, survives, hadMemoryBytes, ...cell }) => {
      const { value, low, high } = cell.postsPerSecond;
      return {
        ...{ approach, users, recordBytes, run, startedAt, survives, hadMemoryBytes },
        operation: "write" as const,
        workload: SHARED_WORKLOAD,
        processes: cell.processes,
        requestsPerSecond: { value, low: low ?? value, high: high ?? value },
        isImplied: false,
        blocks: cell.blocks,
        setting: cell.setup,
        memoryBytes: null,
        enoughMemoryBytes: null,
        startupMs: null,
      };
    });
}

/** Judges every approach by all of its cells. */
export function judgeWriters(cells: readonly SharedCell[]): SharedVerdict[] {
  return judgeSharing(cells).map((verdict) => {
    const own = cells.filter(({ approach }) => approach === verdict.approach);
    return { ...verdict, workload: SHARED_WORKLOAD, runs: [...new Set(own.map(({ run }) => run))] };
  });
}

/** The experiment stores the lab's own users, whose length hardly varies: a thousand say enough of all. */
function meanSeededBytes({ size, dataSeed }: WritersRecord): number {
  const users = Array.from({ length: Math.min(size, 1_000) }, (_, index) => seededUser(dataSeed, index));
  return Buffer.byteLength(users.map((user) => `${JSON.stringify(user)}\n`).join("")) / users.length;
}
