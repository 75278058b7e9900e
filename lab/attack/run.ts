// One run of the attacks: every attack on every approach that it concerns, each on a service of its own, one after the other.
import { join } from "node:path";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import type { Stage } from "../crash/experiment.ts";
import { mountMemory } from "../crash/mounts.ts";
import { makeCrashFolder } from "../crash/run.ts";
import { judge } from "../crash/run-cases.ts";
import { type RunPlan, recordOutcomes } from "../measure/run-record.ts";
import { beginAftermath } from "./aftermath.ts";
import type { Attack } from "./attack.ts";
import { type AttackRecord, attackRecords, type Outcome } from "./record.ts";
import { startTarget } from "./target.ts";

export interface AttackPlan extends RunPlan {
  readonly attacks: readonly Attack[];
  readonly approaches: Approaches;
}

/** An attack on an approach. */
export interface Assault {
  readonly attack: Attack;
  readonly approach: string;
  readonly row: Approach;
}

export function listAssaults({ attacks, approaches }: Pick<AttackPlan, "attacks" | "approaches">): Assault[] {
  return attacks.flatMap((attack) =>
    Object.entries(approaches)
      .filter(([, row]) => attack.concerns(row))
      .map(([approach, row]) => ({ attack, approach, row })),
  );
}

export interface AttackTools {
  readonly dataRoot: string;
  readonly resultsRoot: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  readonly onAssault: (assault: Assault, done: number, total: number) => void;
  readonly onOutcome: (outcome: Outcome) => void;
}

/** Makes a run. Whatever ends it, its services are stopped, and what was found is kept.
 * @returns also of a run that was stopped: its `endedAt` is null */
export async function runAttacks(
  plan: AttackPlan,
  { dataRoot, resultsRoot, signal, ...tools }: AttackTools,
): Promise<{ readonly path: string; readonly record: AttackRecord }> {
  using folder = makeCrashFolder(dataRoot);
  const stage = { ...plan, folder: folder.path, signal, onProgress: tools.onProgress };
  const assaults = listAssaults(plan);
  const order = { plan, resultsRoot, more: {}, signal };
  return await recordOutcomes<Outcome, AttackRecord>(attackRecords, order, async (keep) => {
    for (const [done, assault] of assaults.entries()) {
      signal.throwIfAborted();
      tools.onAssault(assault, done, assaults.length);
      const outcome = await makeAssault(assault, stage);
      keep(outcome);
      tools.onOutcome(outcome);
    }
  });
}

/** Makes one attack. One that breaks has failed; only a stop from outside throws. */
export async function makeAssault({ attack, approach, row }: Assault, stage: Stage): Promise<Outcome> {
  const must = attack.must(stage.isFull);
  const asked = { attack: attack.name, approach, must };
  const lack =
    process.platform === "linux"
      ? await attack.findLack(row, stage)
      : "only Linux tells of a process's descriptors";
  if (lack !== null)
    return { ...asked, outcome: "not run", wrong: [], measured: lack, figures: {}, durationMs: 0 };
  const startedMs = performance.now();
  const durationMs = () => Math.round(performance.now() - startedMs);
  try {
    const { wrong, measured, figures } = await attackOne({ attack, approach, row }, stage);
    return {
      ...asked,
      outcome: judge(must, wrong.length === 0),
      wrong,
      measured,
      figures,
      durationMs: durationMs(),
    };
  } catch (error) {
    stage.signal.throwIfAborted();
    const measured = `it broke: ${(error as Error).message}`;
    return {
      ...asked,
      outcome: "failed",
      wrong: [measured],
      measured,
      figures: {},
      durationMs: durationMs(),
    };
  }
}

async function attackOne({ attack, approach, row }: Assault, stage: Stage) {
  const { databaseDiskBytes } = attack;
  const diskFolder = join(stage.folder, `disk-${approach}`);
  await using _disk =
    databaseDiskBytes === undefined ? null : await mountMemory(diskFolder, databaseDiskBytes);
  await using target = await startTarget(
    approach,
    row,
    stage,
    databaseDiskBytes === undefined ? undefined : diskFolder,
  );
  const concludeAftermath = beginAftermath(target);
  const sight = await attack.run(target, stage);
  const after = await concludeAftermath(sight.acknowledged);
  const { recoveryMs, memoryPeakBytes, lost } = after.figures;
  const stored =
    row.stores && row.writes ? `, ${lost} of ${sight.acknowledged.length} acknowledged users lost` : "";
  return {
    wrong: [...sight.wrong, ...after.wrong],
    measured:
      `${sight.measured}; right again after ${recoveryMs.toFixed(0)} ms, ` +
      `${Math.round(memoryPeakBytes / 2 ** 20)} MiB at most${stored}`,
    figures: { ...sight.figures, ...after.figures },
  };
}
