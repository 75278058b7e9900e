// The cases of the inventory, one after the other, on small data of their own.
import { type InventoryCase, type InventoryFinding, runCase } from "./inventory.ts";
import { type OrderPlace, onOrderStage } from "./order-stage.ts";
import type { QuestionsRecord } from "./record.ts";

/** A linear scan orders one after the other, and reads all orders each time. */
const SIZE = 1_000;

/** Prepares the data that is missing, and runs all cases.
 * @param onCase called before each, with its index */
export async function orderLastPieces(
  cases: readonly InventoryCase[],
  place: OrderPlace,
  onCase: (one: InventoryCase, index: number) => void,
): Promise<QuestionsRecord["inventory"]> {
  const { seed } = place;
  const rows = Object.fromEntries(cases.map(({ approach, row }) => [approach, row]));
  return await onOrderStage(rows, SIZE, place, async (stage) => {
    const findings: InventoryFinding[] = [];
    for (const [index, one] of cases.entries()) {
      onCase(one, index);
      findings.push(await runCase(stage, one, seed));
    }
    return { size: SIZE, connections: stage.connections, seed, findings };
  });
}
