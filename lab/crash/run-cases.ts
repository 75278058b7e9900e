// Runs cases one after the other and says what became of each.
import type { Case, Finding, Must, Stage } from "./experiment.ts";
import type { Outcome } from "./record.ts";

export interface Listeners {
  readonly onCase: (asked: Case, done: number, total: number) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** A case that breaks has failed; only a stop from outside throws. */
export async function runCases(cases: readonly Case[], stage: Stage, listeners: Listeners): Promise<void> {
  for (const [done, one] of cases.entries()) {
    stage.signal.throwIfAborted();
    listeners.onCase(one, done, cases.length);
    listeners.onOutcome(await runCase(one, stage));
  }
}

async function runCase(one: Case, stage: Stage): Promise<Outcome> {
  const { experiment, subject, level, question, must, lack } = one;
  const asked = { experiment, subject, level, question, must };
  if (lack !== null) return { ...asked, outcome: "not run", measured: lack, figures: {}, durationMs: 0 };
  const startedMs = performance.now();
  const end = (found: Omit<Outcome, keyof typeof asked | "durationMs">): Outcome => ({
    ...asked,
    ...found,
    durationMs: Math.round(performance.now() - startedMs),
  });
  try {
    const { holds, measured, figures } = await one.run(stage);
    return end({ outcome: judge(must, holds), measured, figures });
  } catch (error) {
    stage.signal.throwIfAborted();
    return end({ outcome: "failed", measured: `it broke: ${(error as Error).message}`, figures: {} });
  }
}

/** A control in which nothing is found says that the experiment finds nothing. */
export function judge(must: Must, holds: Finding["holds"]): "passed" | "failed" {
  return must === "show" || holds === (must === "hold") ? "passed" : "failed";
}
