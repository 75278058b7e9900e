// What a lesson says while it goes on, on stderr.
import type { LessonTools } from "../lab/lesson/conduct-lesson.ts";
import { describeStep, estimateSteps, type Step } from "../lab/lesson/plan.ts";
import { formatWait } from "../lab/report/format.ts";
import { showPhases } from "./show-progress.ts";
import { describeCounts, describeTrial } from "./show-trials.ts";

export interface ToldLesson extends Disposable {
  readonly listeners: Pick<
    LessonTools,
    "onPreparing" | "onStep" | "onTrial" | "onCounts" | "onNotCounted" | "onFailure"
  >;
  /** How many trials and experiments failed. */
  readonly failures: () => number;
}

/** Tells how far a lesson is. @param all its steps, also those that were made before */
export function tellLesson(all: readonly Step[]): ToldLesson {
  let preparing = showPhases();
  const startedMs = performance.now();
  let [estimatedMs, failed] = [0, 0];
  return {
    listeners: {
      onPreparing: (what, done, total) => preparing.update(what, done, total),
      onStep(left) {
        preparing[Symbol.dispose]();
        preparing = showPhases();
        const leftMs = estimateSteps(left);
        estimatedMs ||= leftMs;
        // How much quicker or slower than estimated this machine has been so far.
        const pace = leftMs < estimatedMs ? (performance.now() - startedMs) / (estimatedMs - leftMs) : 1;
        const step = left[0] as Step;
        console.error(
          `[${all.length - left.length + 1}/${all.length}] ${describeStep(step)}; about ${formatWait(leftMs * pace)} left`,
        );
      },
      onTrial(measurement) {
        if (measurement.error !== undefined) failed++;
        console.error(`  ${describeTrial(measurement)}`);
      },
      onCounts: (counts) => console.error(`  ${describeCounts(counts)}`),
      onNotCounted: (why) => console.error(`  system calls not counted: ${why}`),
      onFailure(experiment, error) {
        failed++;
        console.error(`  ${experiment} failed: ${error.message}`);
      },
    },
    failures: () => failed,
    [Symbol.dispose]: () => preparing[Symbol.dispose](),
  };
}
