// Where prepared data is: folders and databases, by size and approach.
import { join } from "node:path";
import type { Approach } from "../../services/approaches/approach.ts";
import { ORDER_QUESTIONS } from "../../services/storage/questions.ts";

/** Returns the folder of an approach's data.
 * @param hasOrders whether of those with orders, which stand apart: nothing that has none pays for them */
export function dataFolderOf(root: string, size: number, approach: string, hasOrders = false): string {
  return join(root, String(size), hasOrders ? `${approach}.orders` : approach);
}

/** Returns the users.jsonl that everything else of a size is made from. */
export function seededFileOf(root: string, size: number): string {
  return join(dataFolderOf(root, size, "seeded"), "users.jsonl");
}

/** Returns the name of the database that holds this many users.
 * @param row of an approach: one with indexes has another database than one without */
export function databaseOf(size: number, row?: Approach, hasOrders = false): string {
  return `${row?.indexed ? "indexed" : "users"}_${size}${hasOrders ? "_orders" : ""}`;
}

/** Whether an approach has orders, where there are some. */
export function takesOrders({ answers = [] }: Pick<Approach, "answers">): boolean {
  return ORDER_QUESTIONS.some((question) => answers.includes(question));
}
