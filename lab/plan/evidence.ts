// What runs and experiments say, brought together. Pure.
import type { CrashRecord } from "../crash/record.ts";
import type { RunData } from "../measure/results.ts";
import type { MemoryRecord } from "../memory/record.ts";
import type { WritersRecord } from "../writers/record.ts";
import { describeCaveats, listCapacities, listLatencies } from "./bench-figures.ts";
import type { Evidence } from "./judge.ts";
import { listLimitedCells, listLimitedReads } from "./limited-memory.ts";
import { judgeInventory, listSharedOrders, type OrdersRun } from "./shared-orders.ts";
import { listSharedWrites } from "./shared-writes.ts";
import { judgeWriters } from "./sharing.ts";

/** Of each the latest; null where there is none. */
export interface Experiments {
  readonly writers: WritersRecord | null;
  readonly orders: OrdersRun | null;
  readonly crash: CrashRecord | null;
  /** All of them, for each has a limit and sizes of its own; the latest first. */
  readonly memory: readonly MemoryRecord[];
}

export function gatherEvidence(
  runs: readonly RunData[],
  { writers, orders, crash, memory }: Experiments,
): Evidence {
  return {
    figures: {
      capacities: [
        ...runs.flatMap(listCapacities),
        ...(writers === null ? [] : listSharedWrites(writers)),
        ...(orders === null ? [] : listSharedOrders(orders)),
        ...memory.flatMap(listLimitedReads),
      ],
      latencies: runs.flatMap(listLatencies),
      caveats: new Map(runs.map((run) => [run.environment.run, describeCaveats(run)])),
    },
    sharing: [
      ...(writers === null ? [] : [judgeWriters(writers)]),
      ...(orders === null ? [] : [judgeInventory(orders)]),
    ],
    crash,
    limited: memory.flatMap(listLimitedCells),
  };
}
