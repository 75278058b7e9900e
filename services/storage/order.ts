// Orders and the inventory, as flat files have them.
import { existsSync, readFileSync } from "node:fs";
import { DamagedData } from "./faults.ts";

/** An order of one piece, keys in this order. */
export interface Order {
  readonly id: string;
  readonly user_id: string;
  readonly item_id: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly created_at: string;
}

/** How many pieces of each item there ever were, by its id. What is left is that less the orders: no second record of it
 * can contradict them. */
export type Inventory = Readonly<Record<string, number>>;

/**
 * Reads one line of orders.jsonl.
 * @throws SyntaxError that says what is wrong when the text is not JSON or not an order
 */
export function parseOrder(text: string): Order {
  const order: unknown = JSON.parse(text);
  if (typeof order !== "object" || order === null) throw new SyntaxError("expected a JSON object");
  for (const key of ["id", "user_id", "item_id", "created_at"] as const)
    if (typeof (order as Order)[key] !== "string") throw new SyntaxError(`expected a string in "${key}"`);
  return order as Order;
}

/** Reads inventory.json. A missing file has no items.
 * @throws DamagedData when it is no object of whole numbers */
export function readInventory(file: string): Map<string, number> {
  if (!existsSync(file)) return new Map();
  const stocks = Object.entries(parseObject(file));
  const isCount = (stock: unknown) => Number.isSafeInteger(stock) && (stock as number) >= 0;
  const wrong = stocks.find(([, stock]) => !isCount(stock));
  if (wrong !== undefined) throw new DamagedData(`${file}: ${wrong[0]}: expected a whole number, 0 or more`);
  return new Map(stocks as [string, number][]);
}

function parseObject(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new DamagedData(`${file}: ${(error as Error).message}`, { cause: error });
  }
  throw new DamagedData(`${file}: expected a JSON object`);
}
