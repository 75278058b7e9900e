// How many orders two processes take together, of items of which there are enough.
import { startRandom } from "../../k6/lib/random.ts";
import { itemId, PLENTIFUL_ITEMS } from "../../k6/lib/shop.ts";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { copyData, type Stage } from "../writers/stage.ts";
import { type OrderPlace, onOrderStage } from "./order-stage.ts";
import { placeOrders } from "./ordering.ts";
import type { OrderRate } from "./record.ts";

const PROCESSES = 2;

export interface RatesPlan {
  /** Users. */
  readonly size: number;
  readonly blocks: number;
  readonly warmupMs: number;
  readonly durationMs: number;
}

/** Measures every approach that takes orders and lets several processes have it open, once per block, and that block by
 * block.
 * @param onTrial called before each */
export async function measureOrderRates(
  approaches: Approaches,
  plan: RatesPlan,
  place: OrderPlace,
  onTrial: (approach: string, block: number) => void,
): Promise<OrderRate[]> {
  const takers = Object.entries(approaches).filter(
    ([, { answers, isExclusive }]) => answers?.includes("order") && !isExclusive,
  );
  if (takers.length === 0) return [];
  return await onOrderStage(Object.fromEntries(takers), plan.size, place, async (stage) => {
    const rates: OrderRate[] = [];
    for (let block = 1; block <= plan.blocks; block++)
      for (const [approach, row] of takers) {
        onTrial(approach, block);
        rates.push(await measureRate(stage, { ...plan, approach, row, block, seed: place.seed + block }));
      }
    return rates;
  });
}

interface RateTrial extends RatesPlan {
  readonly approach: string;
  readonly row: Approach;
  readonly block: number;
  readonly seed: number;
}

async function measureRate(stage: Stage, trial: RateTrial): Promise<OrderRate> {
  const { approach, row, block, seed, warmupMs, durationMs } = trial;
  const { connections, size, dataSeed, signal } = stage;
  await using data = await copyData(stage, approach, row, "order");
  await using group = await data.startGroup({ processes: PROCESSES });
  const random = startRandom(seed);
  const startMs = performance.now() + warmupMs;
  const endMs = startMs + durationMs;
  let orders = 0;
  const { refused, soldOut, others } = await placeOrders({
    ...{ addresses: group.addresses, connections, size, dataSeed, signal, seed },
    nextItem: () => (performance.now() < endMs ? itemId(random(PLENTIFUL_ITEMS)) : null),
    onAnswer(_answers, status) {
      const nowMs = performance.now();
      if (status === 201 && nowMs >= startMs && nowMs < endMs) orders++;
    },
  });
  return {
    ...{ approach, processes: PROCESSES, block, orders, windowMs: durationMs, refused, soldOut, others },
    durability: row.durability,
  };
}
