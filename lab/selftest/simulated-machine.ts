// A machine whose moods are known: what trials on it would measure, without running any. Pure.
import { probit } from "simple-statistics";
import { type Random, startRandom } from "../../k6/lib/random.ts";

/** Parts of the logarithm of a figure, from one trial to the next. */
const TRIAL_NOISE = 0.03;
/** A mood that lasts some twenty trials, as those of a shared machine do, and makes a figure ten percent larger or smaller. */
const MOOD_NOISE = 0.1;
const MOOD_MEMORY = 0.95;

/** Starts a machine. Returns what the next trial of a program measures there that on a quiet one would measure `cost`. */
export function startMachine(seed: number): (cost: number) => number {
  const normal = startNormal(startRandom(seed));
  let mood = MOOD_NOISE * normal();
  return (cost) => {
    mood = MOOD_MEMORY * mood + MOOD_NOISE * Math.sqrt(1 - MOOD_MEMORY ** 2) * normal();
    return cost * Math.exp(mood + TRIAL_NOISE * normal());
  };
}

function startNormal(random: Random): () => number {
  return () => probit((random(2 ** 31) + 0.5) / 2 ** 31);
}
