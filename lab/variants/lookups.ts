// Lookups of two forms of an approach, side by side in a bare process: no HTTP around them, the same users asked of both.
import type { ApproachName } from "../../services/approaches/index.ts";
import { type Asked, openStore, startIds } from "../lesson/open-store.ts";
import { takeTurns } from "../lesson/turns.ts";
import { type Estimate, estimateMedian } from "../measure/bootstrap.ts";
import { compareWithinBlocks, type Difference } from "../measure/difference.ts";

/** However long the slower form takes for one, so many are asked of both in a round. */
const LOOKUPS_MIN = 4;
const LOOKUPS_MAX = 200_000;

export interface LookupsArgs extends Asked {
  readonly variant: ApproachName;
  readonly of: ApproachName;
  /** Folders of their data, which is only read. */
  readonly folders: { readonly variant: string; readonly of: string };
  readonly rounds: number;
  /** What the slower form takes of a round. */
  readonly turnMs: number;
}

/** What a lookup costs on average, in milliseconds. */
export interface Cost {
  readonly elapsedMs: number;
  /** All threads together: what others do on this machine adds nothing to it. */
  readonly cpuMs: number;
}

export interface Lookups {
  /** Users asked of each form in each round, other ones in each. */
  readonly lookups: number;
  readonly variant: readonly Cost[];
  readonly of: readonly Cost[];
}

/** Measures both forms in each round, in an order drawn anew. @throws Error for a wrong answer */
export async function timeLookups({ folders, rounds, turnMs, seed, ...args }: LookupsArgs): Promise<Lookups> {
  await using variant = await openStore(args.variant, folders.variant);
  await using of = await openStore(args.of, folders.of);
  const nextId = startIds({ ...args, seed });
  let ids = drawIds(nextId, LOOKUPS_MIN);
  const ways = {
    variant: () => timeAll(variant.findById, ids),
    of: () => timeAll(of.findById, ids),
  };
  // The first answers warm both up, and say how many lookups fit into a round.
  let slowestMs = 0;
  for (let spentMs = 0; spentMs < turnMs; ) {
    slowestMs = Math.max((await ways.variant()).elapsedMs, (await ways.of()).elapsedMs);
    spentMs += slowestMs * ids.length;
    ids = drawIds(nextId, Math.min(LOOKUPS_MAX, 2 * ids.length));
  }
  const lookups = Math.round(Math.min(LOOKUPS_MAX, Math.max(LOOKUPS_MIN, turnMs / slowestMs)));
  const results = { variant: [] as Cost[], of: [] as Cost[] };
  for (let round = 0; round < rounds; round++) {
    ids = drawIds(nextId, lookups);
    const [figures] = await takeTurns<"variant" | "of", Cost>(ways, { rounds: 1, seed: seed + round });
    for (const way of ["variant", "of"] as const) results[way].push(figures?.[way] as Cost);
  }
  return { lookups, ...results };
}

function drawIds(nextId: () => string, count: number): string[] {
  return Array.from({ length: count }, nextId);
}

async function timeAll(
  findById: (id: string) => { readonly id: string } | null | Promise<{ readonly id: string } | null>,
  ids: readonly string[],
): Promise<Cost> {
  const startedCpu = process.cpuUsage();
  const startedMs = performance.now();
  for (const id of ids) {
    const found = findById(id);
    const user = found instanceof Promise ? await found : found;
    if (user?.id !== id) throw new Error(`asked for ${id}, found ${user?.id ?? "nobody"}`);
  }
  const { user, system } = process.cpuUsage(startedCpu);
  return {
    elapsedMs: (performance.now() - startedMs) / ids.length,
    cpuMs: (user + system) / 1_000 / ids.length,
  };
}

export interface Speedup {
  readonly variantMs: Estimate;
  readonly ofMs: Estimate;
  /** How many times the lookups of the lesson's form in the same time. */
  readonly times: Difference;
  /** The same of the CPU's time. */
  readonly cpuTimes: Difference;
}

/** Brings the rounds together. Pure. */
export function concludeLookups({ variant, of }: Lookups): Speedup {
  const byRound = (costs: readonly Cost[], key: keyof Cost) =>
    new Map(costs.map((cost, round) => [round, cost[key]]));
  const compare = (key: keyof Cost) => compareWithinBlocks(byRound(of, key), byRound(variant, key));
  return {
    variantMs: estimateMedian(variant.map(({ elapsedMs }) => elapsedMs)),
    ofMs: estimateMedian(of.map(({ elapsedMs }) => elapsedMs)),
    times: compare("elapsedMs"),
    cpuTimes: compare("cpuMs"),
  };
}
