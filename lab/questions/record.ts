// What is kept of the questions beside a run's measurements: questions.json in its folder.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { replaceText } from "../measure/results.ts";
import { byName, checkShape, list, object } from "../shape.ts";

const findingShape = object({
  approach: z.string(),
  processes: z.int(),
  /** What had to come of it; "either" where nobody promises anything. */
  must: z.enum(["hold", "fail", "either"]),
  stock: z.int(),
  /** Orders of the item that were answered 201, that are in the store, and what the store says is left. */
  acknowledged: z.int(),
  stored: z.int(),
  amountLeft: z.int(),
  /** Orders that were answered 503. */
  refused: z.int(),
  /** Where orders, pieces and stock do not agree; empty where all holds. */
  wrong: list(z.string()),
  /** What no case may show: acknowledged orders that are not there, other answers, failures. */
  failures: list(z.string()),
});

/** How many orders several processes took together, of items of which there are enough, from users of the run's own size. */
const rateShape = object({
  approach: z.string(),
  processes: z.int(),
  block: z.int(),
  /** Answered 201 in the window. */
  orders: z.int(),
  windowMs: z.number(),
  /** Warm-up and window together: answered 503, and 409; other answers and failures, by what they were. */
  refused: z.int(),
  soldOut: z.int(),
  others: byName(z.int()),
  /** What an answered order survives, by the table of approaches. */
  durability: z.enum(["nothing", "process", "power"]),
});
export type OrderRate = z.infer<typeof rateShape>;

const recordShape = object({
  /** Seeded users in the inventory's stores, connections that ordered, and the seed of who ordered. */
  inventory: object({
    size: z.int(),
    connections: z.int(),
    seed: z.int(),
    findings: list(findingShape),
  }),
  rates: list(rateShape),
  /** By approach, the files of our own that answer, and their lines without blank ones and comments. */
  sources: byName(list(object({ file: z.string(), lines: z.int() }))),
});

export type QuestionsRecord = z.infer<typeof recordShape>;

const fileIn = (folder: string) => join(folder, "questions.json");

/** Writes the record into the folder of a run. */
export function writeQuestions(folder: string, record: QuestionsRecord): void {
  const file = fileIn(folder);
  replaceText(file, `${JSON.stringify(checkShape(recordShape, record, file), null, 1)}\n`);
}

/** Returns what a run found; null where it has asked nothing of the kind.
 * @throws Error that names the file and the field that cannot be read */
export function readQuestions(folder: string): QuestionsRecord | null {
  const file = fileIn(folder);
  return existsSync(file) ? checkShape(recordShape, JSON.parse(readFileSync(file, "utf8")), file) : null;
}
