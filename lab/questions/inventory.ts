// The inventory under concurrent orders: is more sold than there is, and is an order ever without its piece?
//
// Each case has a copy of the data and asks for two scarce items, many times as often as there are pieces. Of the first
// all is sold. While the second is being sold all services are killed, started again, and asked for the rest. At the end
// the files or tables themselves are read.
import { itemId, PLENTIFUL_ITEMS, stockOf } from "../../k6/lib/shop.ts";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { copyData, type Stage, type WritableData } from "../writers/stage.ts";
import { type Ordered, placeOrders, repeatItem } from "./ordering.ts";
import { readStoredItem, type StoredItem } from "./stored-orders.ts";

const [FIRST, SECOND] = [PLENTIFUL_ITEMS, PLENTIFUL_ITEMS + 1];
/** More than twice the stock: each of two processes alone would sell all of it. */
const REQUESTS_PER_PIECE = 2.5;
/** The services are killed when so many of the second item's orders are answered. */
const KILL_AFTER = 60;

/** What must come of a case: a control must fail; "either" is where nobody promises anything. */
export type Expectation = "hold" | "fail" | "either";

export interface InventoryCase {
  readonly approach: string;
  readonly row: Approach;
  readonly processes: number;
  readonly must: Expectation;
}

/** What was found, as it is kept. */
export interface InventoryFinding {
  readonly approach: string;
  readonly processes: number;
  readonly must: Expectation;
  readonly stock: number;
  /** Of the item that was sold out: orders that were answered 201, orders in the store, what it says is left. */
  readonly acknowledged: number;
  readonly stored: number;
  readonly amountLeft: number;
  /** Orders that were answered 503. */
  readonly refused: number;
  /** Where orders, pieces and stock do not agree; empty where all holds. */
  readonly wrong: readonly string[];
  /** What no case may show, whatever it promises: acknowledged orders that are not there, other answers, failures. */
  readonly failures: readonly string[];
}

/** Lists the cases: every approach that takes orders, alone and as two processes. Two over one database must hold; over
 * files each has a memory or a queue of its own. Controls come with one process. */
export function listCases(approaches: Approaches, controls: Approaches): InventoryCase[] {
  const takers = Object.entries(approaches).filter(([, { answers }]) => answers?.includes("order"));
  const own = takers.flatMap(([approach, row]): InventoryCase[] => [
    { approach, row, processes: 1, must: "hold" },
    { approach, row, processes: 2, must: row.needs.includes("users.jsonl") ? "either" : "hold" },
  ]);
  const naive = Object.entries(controls).map(
    ([approach, row]): InventoryCase => ({ approach, row, processes: 1, must: "fail" }),
  );
  return [...own, ...naive];
}

/** Whether a finding is what it had to be. What fails must have sold more than there was: any other fault shows nothing. */
export function isAsExpected({ must, wrong, failures, stored, stock }: InventoryFinding): boolean {
  if (failures.length > 0) return false;
  if (must === "either") return true;
  return must === "hold" ? wrong.length === 0 : stored > stock;
}

export async function runCase(stage: Stage, { approach, row, ...known }: InventoryCase, seed: number) {
  await using data = await copyData(stage, approach, row, "order");
  const { processes } = known;
  const sold = await sellOut(stage, data, { processes, item: FIRST, seed });
  const killed = await killWhileSelling(stage, data, { processes, item: SECOND, seed: seed + 1 });
  const [first, second] = [await readItem(data, FIRST), await readItem(data, SECOND)];
  const finding: InventoryFinding = {
    approach,
    ...known,
    stock: stockOf(FIRST),
    acknowledged: sold.acknowledged.length,
    stored: first.orders.size,
    amountLeft: first.amountLeft,
    refused: sold.refused,
    wrong: [...findWrong(first, stockOf(FIRST)), ...findWrong(second, stockOf(SECOND)).map(afterKill)],
    failures: [...findFailures(first, sold), ...findFailures(second, killed).map(afterKill)],
  };
  return finding;
}

const afterKill = (what: string) => `after a kill: ${what}`;

/** Says where orders, pieces and stock do not agree in a store from which all of an item was to be sold. */
export function findWrong({ orders, amountLeft }: StoredItem, stock: number): string[] {
  return [
    ...(orders.size > stock ? [`${orders.size} sold of ${stock}`] : []),
    ...(orders.size < stock ? [`${orders.size} sold of ${stock}, and the next was refused`] : []),
    ...(amountLeft < 0 ? [`${amountLeft} left`] : []),
    ...(orders.size + amountLeft !== stock
      ? [`${orders.size} orders and ${amountLeft} left, of ${stock}`]
      : []),
  ];
}

/** Says what no store may do: lose what it acknowledged, give other answers, none. */
export function findFailures(
  { orders }: Pick<StoredItem, "orders">,
  { acknowledged, others }: Pick<Ordered, "acknowledged" | "others">,
): string[] {
  const lost = acknowledged.filter((id) => !orders.has(id)).length;
  return [
    ...(lost > 0 ? [`${lost} acknowledged orders are not there`] : []),
    ...Object.entries(others).map(([what, count]) => `${what} (${count})`),
  ];
}

interface Sale {
  readonly processes: number;
  readonly item: number;
  readonly seed: number;
}

async function sellOut(stage: Stage, data: WritableData, sale: Sale): Promise<Ordered> {
  await using group = await data.startGroup({ processes: sale.processes });
  const { connections, size, dataSeed, signal } = stage;
  return await placeOrders({
    ...{ addresses: group.addresses, connections, size, dataSeed, signal, seed: sale.seed },
    nextItem: repeatItem(itemId(sale.item), stockOf(sale.item) * REQUESTS_PER_PIECE),
  });
}

async function killWhileSelling(stage: Stage, data: WritableData, sale: Sale): Promise<Ordered> {
  const { connections, size, dataSeed, signal } = stage;
  await using group = await data.startGroup({ processes: sale.processes });
  let [answered, killing] = [0, undefined as Promise<void> | undefined];
  const before = await placeOrders({
    ...{ addresses: group.addresses, connections, size, dataSeed, signal, seed: sale.seed },
    nextItem: repeatItem(itemId(sale.item), stockOf(sale.item)),
    onAnswer(answers) {
      answered = answers;
      if (answers >= KILL_AFTER) killing ??= group.kill();
    },
  });
  if (killing === undefined)
    throw new Error(`nothing was killed: ${answered} orders were answered, and ${KILL_AFTER} had to be`);
  await killing;
  const rest = await sellOut(stage, data, { ...sale, seed: sale.seed + 1 });
  return { ...rest, acknowledged: [...before.acknowledged, ...rest.acknowledged] };
}

function readItem(data: WritableData, item: number): Promise<StoredItem> {
  return readStoredItem(data, itemId(item));
}
