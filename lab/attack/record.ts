// attack.json: what became of services under attack. docs/FORMATS.md explains every field.
import * as z from "zod";
import { keepRecords, runFields } from "../measure/run-record.ts";
import { byName, list, object } from "../shape.ts";

const outcomeShape = object({
  attack: z.string(),
  approach: z.string(),
  must: z.enum(["hold", "fail", "show"]),
  outcome: z.enum(["passed", "failed", "not run"]),
  /** What should not have been. */
  wrong: list(z.string()),
  /** In words; of an attack that was not run, why. */
  measured: z.string(),
  figures: byName(z.number()),
  durationMs: z.int(),
});
export type Outcome = z.infer<typeof outcomeShape>;

const attackShape = object({ ...runFields, outcomes: list(outcomeShape) });
export type AttackRecord = z.infer<typeof attackShape>;

export const attackRecords = keepRecords("attack", attackShape);
