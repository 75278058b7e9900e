// What becomes of trials that are not to be trusted: they must be in no average, and the sound one beside them must.
import type { Measurement } from "../measure/measurement.ts";
import { summarize } from "../report/summary.ts";
import type { Finding } from "./check.ts";

/** Whether a trial is in no average. */
export type IsLeftOut = (trial: Measurement) => boolean;

const isLeftOutOfReport: IsLeftOut = (trial) => summarize([trial], trial.workload)[0]?.blocks === 0;

/** Trials of a check. */
export interface FaultyTrials {
  /** By what is wrong with them. */
  readonly faulty: Readonly<Record<string, Measurement>>;
  readonly sound: Measurement;
}

/** Judges the trials of a check: each is left out, and for what is wrong with it; what is left out by chance, because
 * something else broke, would not be the next time.
 * @param reasons what the errors of the faulty ones must say */
export function judgeLeftOut(
  trials: FaultyTrials,
  reasons: Readonly<Record<string, RegExp>>,
  isLeftOut: IsLeftOut = isLeftOutOfReport,
): Finding<FaultyTrials> {
  const { faulty, sound } = trials;
  const describe = ([name, trial]: readonly [string, Measurement]) => {
    const [why] = (trial.error ?? "without a reason").split("\n");
    return `${name}: ${isLeftOut(trial) ? `left out (${why})` : `not left out, ${trial.verdict}`}`;
  };
  return {
    passed:
      Object.entries(faulty).every(
        ([name, trial]) => isLeftOut(trial) && reasons[name]?.test(trial.error ?? "") === true,
      ) && !isLeftOut(sound),
    measured: [...Object.entries(faulty), ["sound", sound] as const].map(describe).join("; "),
    data: trials,
  };
}
