// Where checks make real trials: a real service on real data, under real load, by the bench's own way to make a trial.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_SEED } from "../../k6/lib/users.ts";
import { prepareData } from "../data/prepare.ts";
import { builtin } from "../load/builtin.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { Measurement } from "../measure/measurement.ts";
import { runTrial } from "../measure/trial.ts";
import { type NativeTarget, openNativeTarget } from "../targets/native-target.ts";
import type { Lab } from "./check.ts";

/** The approach whose own work is least: what is measured of it is HTTP and the measuring. */
export const CELL = { approach: "map", workload: "read" } as const;
const SIZE = 1_000;
const CONNECTIONS = 50;
const WAIT_LIMIT_MS = 10_000;

/** Prepares what checks work with, in a folder that is gone afterwards. */
export async function openLab(
  options: Pick<Lab, "seed" | "signal" | "onProgress">,
): Promise<Lab & AsyncDisposable> {
  const dataRoot = mkdtempSync(join(tmpdir(), "lab-selftest-"));
  const close = async () => rmSync(dataRoot, { recursive: true, force: true });
  try {
    const { signal } = options;
    await prepareData({
      root: dataRoot,
      size: SIZE,
      seed: DEFAULT_SEED,
      approaches: [CELL.approach],
      onProgress: () => {},
      signal,
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { ...options, dataRoot, [Symbol.asyncDispose]: close };
}

/** Opens a target of plain processes.
 * @param nodeArguments what its services are started with, before the program */
export function openTarget(nodeArguments: readonly string[] = []): Promise<NativeTarget> {
  return openNativeTarget(
    async () => null,
    () => nodeArguments,
  );
}

/** What is different from one trial of a check to another. */
export interface TrialSettings {
  readonly target: NativeTarget;
  readonly generator?: LoadGenerator;
  readonly warmupMs?: number;
  readonly durationMs: number;
  readonly connections?: number;
  /** Of an open load. */
  readonly requestsPerSecond?: number;
  readonly block?: number;
  /** Seed of the keys. */
  readonly seed?: number;
}

/** Makes one trial. */
export async function makeTrial(lab: Lab, settings: TrialSettings): Promise<Measurement> {
  const { block = 1, seed = lab.seed, requestsPerSecond, ...bench } = settings;
  const defaults = { generator: builtin, warmupMs: 300, connections: CONNECTIONS };
  const place = { run: "selftest", dataRoot: lab.dataRoot, size: SIZE, dataSeed: DEFAULT_SEED };
  const { measurement } = await runTrial(
    { ...defaults, ...place, waitLimitMs: WAIT_LIMIT_MS, live: null, signal: lab.signal, ...bench },
    {
      block,
      ...CELL,
      seed,
      ...(requestsPerSecond !== undefined && { rate: { name: "selftest", requestsPerSecond } }),
    },
    block,
  );
  return measurement;
}
