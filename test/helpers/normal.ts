// Numbers from the normal distribution, the same each time.
import { startRandom } from "../../k6/lib/random.ts";

/** Draws seeded numbers from the normal distribution (Box and Muller 1958). */
export function startNormal(seed: number): () => number {
  const random = startRandom(seed);
  const uniform = () => (random(2 ** 31) + 1) / (2 ** 31 + 1);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
