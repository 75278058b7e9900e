// Where checks make real trials: a real service on real data, under real load, by the bench's own way to make a trial.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SEED } from "../../k6/lib/users.ts";
import { approaches } from "../../services/approaches/index.ts";
import { prepareData } from "../data/prepare.ts";
import { builtin } from "../load/builtin.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Trial } from "../measure/plan.ts";
import { runTrial } from "../measure/trial.ts";
import { type NativeTarget, openNativeTarget } from "../targets/native-target.ts";
import type { Lab } from "./check.ts";

/** What the checks measure. */
const APPROACHES = { map: approaches.map, linear: approaches.linear };
const SIZE = 1_000;
const CONNECTIONS = 50;
const WARMUP_MS = 300;
const WAIT_LIMIT_MS = 10_000;

/** Prepares what checks work with, in a folder that is gone afterwards. */
export async function openLab(
  options: Pick<Lab, "seed" | "signal" | "onProgress">,
): Promise<Lab & AsyncDisposable> {
  const dataRoot = mkdtempSync(join(tmpdir(), "lab-selftest-"));
  const close = async () => rmSync(dataRoot, { recursive: true, force: true });
  try {
    const data = { root: dataRoot, size: SIZE, seed: DEFAULT_SEED, approaches: APPROACHES };
    await prepareData({ ...data, onProgress: () => {}, signal: options.signal });
  } catch (error) {
    await close();
    throw error;
  }
  return { ...options, dataRoot, [Symbol.asyncDispose]: close };
}

/** Opens a target of plain processes.
 * @param nodeArguments what Node is given before its services */
export function openTarget(nodeArguments: readonly string[] = []): Promise<NativeTarget> {
  return openNativeTarget(
    async () => null,
    () => nodeArguments,
  );
}

/** What is different from one trial to another. */
export interface TrialSettings {
  readonly target: NativeTarget;
  readonly durationMs: number;
  readonly warmupMs?: number;
  readonly connections?: number;
  readonly generator?: LoadGenerator;
  /** What is asked of which approach: reads of the one whose own work is least, unless something else is said. */
  readonly trial?: Partial<Trial> & { readonly approach?: keyof typeof APPROACHES };
}

/** Makes one trial. */
export async function makeTrial(lab: Lab, { trial, ...settings }: TrialSettings): Promise<Measurement> {
  const place = { run: "selftest", dataRoot: lab.dataRoot, size: SIZE, dataSeed: DEFAULT_SEED };
  const load = {
    connections: CONNECTIONS,
    warmupMs: WARMUP_MS,
    waitLimitMs: WAIT_LIMIT_MS,
    generator: builtin,
  };
  const { measurement } = await runTrial(
    { ...place, ...load, live: null, signal: lab.signal, ...settings },
    { block: 1, approach: "map", row: APPROACHES.map, workload: "read", seed: lab.seed, ...trial },
    1,
  );
  return measurement;
}
