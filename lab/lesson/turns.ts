// Several ways of doing the same, measured in turns: a mood of the machine meets all of them.
import { shuffle } from "simple-statistics";
import { type Random, startRandom } from "../../k6/lib/random.ts";

/** What each way gave, measured shortly after each other. */
export type Round<Way extends string = string, Figure = number> = Readonly<Record<Way, Figure>>;

/** Names a way by what makes it up: "linear 1000000". */
export function nameWay(what: string, size: number): string {
  return `${what} ${size}`;
}

/** Returns the items in an order drawn from a sequence. */
export function shuffleBy<T>(items: readonly T[], random: Random): T[] {
  return shuffle([...items], () => random(2 ** 32) / 2 ** 32);
}

/**
 * Measures every way once per round, in an order drawn anew for each round.
 * @param ways each returns its figure
 */
export async function takeTurns<Way extends string, Figure = number>(
  ways: Readonly<Record<Way, () => Figure | Promise<Figure>>>,
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Promise<Round<Way, Figure>[]> {
  const random = startRandom(seed);
  const results: Round<Way, Figure>[] = [];
  for (let round = 0; round < rounds; round++) {
    const figures: Partial<Record<Way, Figure>> = {};
    for (const way of shuffleBy(Object.keys(ways) as Way[], random)) figures[way] = await ways[way]();
    results.push(figures as Round<Way, Figure>);
  }
  return results;
}

/** The same, after a round that is not kept: code is compiled in it, and files are read into memory. */
export async function takeWarmTurns<Way extends string>(
  ways: Readonly<Record<Way, () => number | Promise<number>>>,
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Promise<Round<Way>[]> {
  await takeTurns(ways, { rounds: 1, seed });
  return await takeTurns(ways, { rounds, seed });
}

/**
 * Does something again and again for a while, twice as long at most, and at least once.
 * @returns milliseconds that it took once, on average
 */
export async function timeRepeated(work: () => unknown, forMs: number): Promise<number> {
  const startedMs = performance.now();
  let [times, elapsedMs] = [0, 0];
  // Looking at the clock each time would be part of what is measured where that takes a microsecond.
  for (let batch = 1; times === 0 || elapsedMs < forMs; batch = times) {
    for (let index = 0; index < batch; index++) {
      const done = work();
      if (done instanceof Promise) await done;
    }
    times += batch;
    elapsedMs = performance.now() - startedMs;
  }
  return elapsedMs / times;
}
