// What orders of several processes have shown: whether the inventory holds, and how many they take together. Pure.
import { estimateMedian } from "../measure/bootstrap.ts";
import { keepLatest } from "../measure/latest.ts";
import type { RunData } from "../measure/results.ts";
import type { InventoryFinding } from "../questions/inventory.ts";
import type { QuestionsRecord } from "../questions/record.ts";
import type { ApproachVerdict } from "../writers/verdicts.ts";
import { originOf } from "./bench-figures.ts";
import type { Capacity } from "./capacity.ts";
import type { SharedVerdict } from "./sharing.ts";

/** What is asked of them. */
export const ORDER_WORKLOAD = "order";

/** A run that asked for orders, and what became of them. */
export interface OrdersRun {
  readonly run: RunData;
  readonly questions: QuestionsRecord;
}

/** Lists how many orders were taken, the latest of each approach at each size, where nothing but orders, and pieces that were
 * locked for too long, was answered.
 * @param orders the latest first */
export function listSharedOrders(orders: readonly OrdersRun[]): Capacity[] {
  const found = orders.flatMap(({ run: source, questions }) =>
    questions.rates.map((rate) => ({ ...rate, source, run: source.environment.run })),
  );
  const nameOf = ({ approach, source }: (typeof found)[number]) => `${source.environment.size} ${approach}`;
  return [...Map.groupBy(keepLatest(found, nameOf), nameOf).values()].flatMap((rates) => {
    const isWrong = rates.some(({ soldOut, others }) => soldOut > 0 || Object.keys(others).length > 0);
    const { value, low, high } = estimateMedian(
      rates.map(({ orders, windowMs }) => (orders / windowMs) * 1000),
    );
    const [{ approach, processes, durability, source }] = rates as [(typeof found)[number]];
    if (isWrong || value === 0) return [];
    return {
      ...originOf(source, approach),
      operation: "write" as const,
      workload: ORDER_WORKLOAD,
      processes,
      requestsPerSecond: { value, low: low ?? value, high: high ?? value },
      isImplied: false,
      blocks: rates.length,
      setting: "",
      survives: durability,
      memoryBytes: null,
      hadMemoryBytes: source.environment.machine.memoryBytes,
      enoughMemoryBytes: null,
      startupMs: null,
    };
  });
}

/** Says of whom several processes may order, by the latest inventory of each.
 * @param orders the latest first */
export function judgeInventory(orders: readonly OrdersRun[]): SharedVerdict[] {
  const found = orders.flatMap(({ run, questions }) =>
    questions.inventory.findings.map((finding) => ({ ...finding, run: run.environment.run })),
  );
  const shared = found.filter(({ processes, must }) => processes > 1 && must !== "fail");
  return keepLatest(shared, ({ approach, processes }) => `${approach} ${processes}`).map((finding) => ({
    approach: finding.approach,
    ...judgeFinding(finding),
    workload: ORDER_WORKLOAD,
    runs: [finding.run],
  }));
}

function judgeFinding({
  processes,
  must,
  stock,
  stored,
  wrong,
  failures,
}: InventoryFinding): Omit<ApproachVerdict, "approach"> {
  const what = `${processes} processes that sell ${stock} pieces`;
  const faults = [...failures, ...wrong];
  if (faults.length > 0) return { sharing: "not to be shared", why: `${what}: ${faults.join("; ")}` };
  if (must === "either")
    return { sharing: "not to be shared", why: `${what}: all went well this once, and nobody promises it` };
  return { sharing: "may be shared", why: `${what} sold ${stored}, each once, over a kill as well` };
}
