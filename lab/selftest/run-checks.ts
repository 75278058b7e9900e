// Runs checks one after the other.
import type { Lab } from "./check.ts";
import type { Listed } from "./checks.ts";

/** What became of a check; selftest.json has a list of them. docs/FORMATS.md explains every field. */
export interface Outcome {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "not run";
  readonly expected: string;
  /** What was measured, or why nothing was. */
  readonly measured: string;
  readonly durationMs: number;
  readonly data: unknown;
}

/** Runs checks and tells of each when it begins and when it has ended. A check that breaks has failed; only a stop from
 * outside throws. */
export async function runChecks(
  checks: readonly Listed[],
  lab: Lab,
  listeners: {
    readonly onCheck: (check: Listed) => void;
    readonly onOutcome: (outcome: Outcome) => void;
  },
): Promise<void> {
  for (const check of checks) {
    lab.signal.throwIfAborted();
    listeners.onCheck(check);
    listeners.onOutcome(await runCheck(check, lab));
  }
}

async function runCheck(check: Listed, lab: Lab): Promise<Outcome> {
  const { name } = check;
  if ("lack" in check)
    return { name, outcome: "not run", expected: "", measured: check.lack, durationMs: 0, data: null };
  const { expected } = check;
  const startedMs = performance.now();
  const end = (outcome: Outcome["outcome"], measured: string, data: unknown): Outcome => {
    const durationMs = Math.round(performance.now() - startedMs);
    return { name, outcome, expected, measured, durationMs, data };
  };
  try {
    const { passed, measured, data } = await check.run(lab);
    return end(passed ? "passed" : "failed", measured, data);
  } catch (error) {
    lab.signal.throwIfAborted();
    return end("failed", `it broke: ${(error as Error).message}`, null);
  }
}
