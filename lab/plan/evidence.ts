// What runs and experiments say, brought together. Pure.
import { listLatestOutcomes } from "../crash/latest-outcomes.ts";
import type { CrashRecord } from "../crash/record.ts";
import type { RunData } from "../measure/results.ts";
import type { MemoryRecord } from "../memory/record.ts";
import type { WritersRecord } from "../writers/record.ts";
import { describeCaveats, listCapacities, listLatencies } from "./bench-figures.ts";
import type { Evidence } from "./judge.ts";
import { listLimitedCells, listLimitedReads } from "./limited-memory.ts";
import { judgeInventory, listSharedOrders, type OrdersRun } from "./shared-orders.ts";
import { judgeWriters, listSharedCells, listSharedWrites } from "./shared-writes.ts";

/** All that were finished, the latest first: each may have asked a part. */
export interface Experiments {
  readonly writers: readonly WritersRecord[];
  readonly orders: readonly OrdersRun[];
  readonly crash: readonly CrashRecord[];
  readonly memory: readonly MemoryRecord[];
}

export function gatherEvidence(
  runs: readonly RunData[],
  { writers, orders, crash, memory }: Experiments,
): Evidence {
  const [cells, limited] = [listSharedCells(writers), listLimitedCells(memory)];
  return {
    figures: {
      capacities: [
        ...runs.flatMap(listCapacities),
        ...listSharedWrites(cells),
        ...listSharedOrders(orders),
        ...listLimitedReads(limited),
      ],
      latencies: runs.flatMap(listLatencies),
      caveats: new Map(runs.map((run) => [run.environment.run, describeCaveats(run)])),
    },
    sharing: [...judgeWriters(cells), ...judgeInventory(orders)],
    crash: listLatestOutcomes(crash),
    limited,
  };
}
