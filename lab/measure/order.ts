// Whether trials were made in an order that a comparison within blocks may rely on. Pure.

/** A trial at its place in the order in which trials were made. */
export interface OrderedTrial {
  readonly block: number;
  /** What was measured: the same in every block. */
  readonly name: string;
}

/** Blocks that all have one order by chance: where that is less likely than this, it was not chance. */
const SAME_ORDER_CHANCE = 0.001;

/**
 * Says what is wrong with an order: a block that others interrupt, one that lacks a trial or holds it twice (the last may
 * lack some: a run can be stopped), or one order for all blocks. Empty for randomised complete blocks.
 * @param trials in the order in which they were made
 */
export function findOrderFaults(trials: readonly OrderedTrial[]): string[] {
  const blocks = Map.groupBy(trials, ({ block }) => block);
  const stretches = trials.filter(({ block }, index) => block !== trials[index - 1]?.block);
  const torn = [...blocks.keys()].filter((of) => stretches.filter(({ block }) => block === of).length > 1);
  if (torn.length > 0) return [`trials of other blocks were made between those of ${nameBlocks(torn)}`];
  const names = [...new Set(trials.map(({ name }) => name))];
  const last = trials.at(-1)?.block;
  const faults = [...blocks].flatMap(([block, made]) => findGaps(block, made, names, block === last));
  return [...faults, ...findSameOrder([...blocks.values()], names.length)];
}

function nameBlocks(blocks: readonly number[]): string {
  const others = blocks.length - 1;
  return `block ${blocks[0]}${others > 0 ? ` and ${others} more` : ""}`;
}

function findGaps(block: number, made: readonly OrderedTrial[], names: readonly string[], mayLack: boolean) {
  return names.flatMap((name) => {
    const times = made.filter((trial) => trial.name === name).length;
    if (times === 1 || (times === 0 && mayLack)) return [];
    return [`block ${block} ${times === 0 ? "lacks" : `holds ${times} times`} ${name}`];
  });
}

function findSameOrder(blocks: readonly (readonly OrderedTrial[])[], trialsPerBlock: number): string[] {
  const complete = blocks.filter(({ length }) => length === trialsPerBlock);
  const orders = new Set(complete.map((trials) => trials.map(({ name }) => name).join("\n")));
  const chance = factorial(trialsPerBlock) ** -(complete.length - 1);
  if (orders.size !== 1 || chance > SAME_ORDER_CHANCE) return [];
  return [`all ${complete.length} blocks have the same order`];
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
