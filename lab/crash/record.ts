// crash.json: what became of acknowledged writes. docs/FORMATS.md explains every field.
import * as z from "zod";
import { LEVELS } from "../../services/storage/user-store.ts";
import { diskShape } from "../machine/disk.ts";
import { syncProbeShape } from "../machine/sync-probe.ts";
import { keepRecords, runFields } from "../measure/run-record.ts";
import { byName, list, object } from "../shape.ts";

const outcomeShape = object({
  experiment: z.string(),
  /** Name of an approach or a control. */
  subject: z.string(),
  /** Null where it is about the lab's own tools. */
  level: z.enum(LEVELS).nullable(),
  question: z.string(),
  must: z.enum(["hold", "fail", "show"]),
  outcome: z.enum(["passed", "failed", "not run"]),
  /** In words; of a case that was not run, why. */
  measured: z.string(),
  figures: byName(z.number()),
  durationMs: z.int(),
});
export type Outcome = z.infer<typeof outcomeShape>;

const crashShape = object({
  ...runFields,
  /** What the experiments' folder lies on. */
  disk: diskShape.nullable(),
  fdatasync: syncProbeShape,
  software: byName(z.string()),
  outcomes: list(outcomeShape),
});
export type CrashRecord = z.infer<typeof crashShape>;

export const crashRecords = keepRecords("crash", crashShape);
