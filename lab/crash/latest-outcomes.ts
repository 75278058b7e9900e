// What several runs of the crash experiments have found, together. Pure.
import { keepLatest } from "../measure/latest.ts";
import type { CrashRecord, Outcome } from "./record.ts";

/** An outcome, and the folder of its run. */
export interface FoundOutcome extends Outcome {
  readonly run: string;
}

/**
 * Lists the latest outcome of each question to each subject at each level. A case that was not run, or broke, has found
 * nothing: it has no figures, and takes no earlier one's place.
 * @param records the latest first
 */
export function listLatestOutcomes(records: readonly CrashRecord[]): FoundOutcome[] {
  const all = records.flatMap(({ run, outcomes }) => outcomes.map((outcome) => ({ ...outcome, run })));
  const { found = [], nothing = [] } = Object.groupBy(all, ({ figures }) =>
    Object.keys(figures).length > 0 ? "found" : "nothing",
  );
  return keepLatest([...found, ...nothing], ({ experiment, subject, level, question }) =>
    JSON.stringify([experiment, subject, level, question]),
  );
}
