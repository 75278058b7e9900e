// Which trials met a noisy machine. They are flagged, and never dropped. Pure.
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** Fixed work that took so many times its median over the run met somebody else. */
export const CANARY_LIMIT = 1.25;
/** The same of a synced write. Disks have moods of their own, and more of them. */
export const FSYNC_LIMIT = 5;
/** So much of one core's time, given to others by the hypervisor, is more than rounding. */
export const STEAL_LIMIT = 0.02;

/** When somebody waits for a core more than this part of the time, others keep the cores busy. On a quiet machine with two
 * cores it is 0.1 to 0.3: the threads that collect garbage wait for the service's own. */
export const PRESSURE_LIMIT = 0.5;

/** What is looked at; what a trial does not have speaks for no noise. */
export type NoiseSigns = Pick<
  Measurement,
  "trial" | "canaryMs" | "fsyncMs" | "stealShare" | "cpuPressureShare"
>;

/** Returns the trials of a run that met a noisy machine, by their positions. */
export function findNoisyTrials(measurements: readonly NoiseSigns[]): ReadonlySet<number> {
  const looked = measurements.filter((trial) => trial.canaryMs !== undefined);
  if (looked.length === 0) return new Set();
  const usualCanaryMs = median(looked.map(({ canaryMs = 0 }) => canaryMs));
  const usualFsyncMs = median(looked.map(({ fsyncMs = 0 }) => fsyncMs));
  const isNoisy = ({ canaryMs = 0, fsyncMs = 0, stealShare = 0, cpuPressureShare = 0 }: NoiseSigns) =>
    canaryMs > usualCanaryMs * CANARY_LIMIT ||
    fsyncMs > usualFsyncMs * FSYNC_LIMIT ||
    stealShare > STEAL_LIMIT ||
    cpuPressureShare > PRESSURE_LIMIT;
  return new Set(looked.filter(isNoisy).map(({ trial }) => trial));
}
