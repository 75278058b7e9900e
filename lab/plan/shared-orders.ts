// What orders of several processes have shown: whether the inventory holds, and how many they take together. Pure.
import { estimateMedian } from "../measure/bootstrap.ts";
import type { RunData } from "../measure/results.ts";
import type { InventoryFinding } from "../questions/inventory.ts";
import type { OrderRate, QuestionsRecord } from "../questions/record.ts";
import type { ApproachVerdict } from "../writers/verdicts.ts";
import { originOf } from "./bench-figures.ts";
import type { Capacity } from "./capacity.ts";
import type { SharedVerdicts } from "./sharing.ts";

/** What is asked of them. */
export const ORDER_WORKLOAD = "order";

/** A run that asked for orders, and what became of them. */
export interface OrdersRun {
  readonly run: RunData;
  readonly questions: QuestionsRecord;
}

/** Lists how many orders were taken, where nothing but orders, and pieces that were locked for too long, was answered. */
export function listSharedOrders({ run, questions }: OrdersRun): Capacity[] {
  const byApproach = Map.groupBy(questions.rates, ({ approach }) => approach);
  return [...byApproach].flatMap(([approach, rates]) => {
    const isWrong = rates.some(({ soldOut, others }) => soldOut > 0 || Object.keys(others).length > 0);
    const { value, low, high } = estimateMedian(
      rates.map(({ orders, windowMs }) => (orders / windowMs) * 1000),
    );
    const [{ processes, durability }] = rates as [OrderRate];
    if (isWrong || value === 0) return [];
    return {
      ...originOf(run, approach),
      operation: "write" as const,
      workload: ORDER_WORKLOAD,
      processes,
      requestsPerSecond: { value, low: low ?? value, high: high ?? value },
      isImplied: false,
      blocks: rates.length,
      setting: "",
      survives: durability,
      memoryBytes: null,
      hadMemoryBytes: run.environment.machine.memoryBytes,
      enoughMemoryBytes: null,
      startupMs: null,
    };
  });
}

/** Says of whom several processes may order. */
export function judgeInventory({ run, questions }: OrdersRun): SharedVerdicts {
  const shared = questions.inventory.findings.filter(
    ({ processes, must }) => processes > 1 && must !== "fail",
  );
  return {
    run: run.environment.run,
    workload: ORDER_WORKLOAD,
    verdicts: shared.map((finding) => ({ approach: finding.approach, ...judgeFinding(finding) })),
  };
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
