// What is kept of the questions beside a run's measurements: questions.json in its folder.
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

const recordShape = object({
  /** Seeded users in the inventory's stores, connections that ordered, and the seed of who ordered. */
  inventory: object({
    size: z.int(),
    connections: z.int(),
    seed: z.int(),
    findings: list(findingShape),
  }),
  /** By approach, the files of our own that answer, and their lines without blank ones and comments. */
  sources: byName(list(object({ file: z.string(), lines: z.int() }))),
});

export type QuestionsRecord = z.infer<typeof recordShape>;

/** Writes the record into the folder of a run. */
export function writeQuestions(folder: string, record: QuestionsRecord): void {
  const file = join(folder, "questions.json");
  replaceText(file, `${JSON.stringify(checkShape(recordShape, record, file), null, 1)}\n`);
}
