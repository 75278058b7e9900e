// What the experiment with several writers says of what approaches can do. Pure.
import { seededUser } from "../../k6/lib/users.ts";
import { summarizeCells } from "../writers/figures.ts";
import type { TrialRecord, WritersRecord } from "../writers/record.ts";
import { listFaults } from "../writers/verdicts.ts";
import type { Capacity } from "./capacity.ts";

/** What the experiment writes. */
const SHARED_WORKLOAD = "create";

/** Every cell of several processes, with what all of them together stored. Cells that lost something are no capacity. */
export function listSharedWrites(record: WritersRecord): Capacity[] {
  return summarizeCells(record)
    .filter((cell) => cell.processes > 1 && !cell.areThreads && listFaults(cell).length === 0)
    .map((cell) => {
      const { value, low, high } = cell.postsPerSecond;
      const [{ durability }] = record.trials.filter((trial) => trial.cell === cell.cell) as [TrialRecord];
      return {
        approach: cell.approach,
        users: record.size,
        recordBytes: meanSeededBytes(record),
        run: record.run,
        startedAt: record.startedAt,
        operation: "write" as const,
        workload: SHARED_WORKLOAD,
        processes: cell.processes,
        requestsPerSecond: { value, low: low ?? value, high: high ?? value },
        isImplied: false,
        blocks: cell.blocks,
        setting: cell.setup,
        survives: durability,
        memoryBytes: null,
        hadMemoryBytes: record.machine.memoryBytes,
        enoughMemoryBytes: null,
        startupMs: null,
      };
    });
}

/** The experiment stores the lab's own users, whose length hardly varies: a thousand say enough of all. */
function meanSeededBytes({ size, dataSeed }: WritersRecord): number {
  const users = Array.from({ length: Math.min(size, 1_000) }, (_, index) => seededUser(dataSeed, index));
  return Buffer.byteLength(users.map((user) => `${JSON.stringify(user)}\n`).join("")) / users.length;
}
