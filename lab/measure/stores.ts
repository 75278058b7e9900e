// What the stores of a run say of themselves, before the first trial.
import type { Approaches } from "../../services/approaches/approach.ts";
import type { Level } from "../../services/storage/user-store.ts";
import type { StoreInfo } from "../targets/store-info.ts";
import type { Target } from "../targets/target.ts";
import { layOutData } from "./trial-data.ts";

/**
 * Starts each approach on its prepared data and asks it; what it says is not asked for beside a measured window, which
 * it would disturb.
 * @returns by approach; null for one that does not start, as its trials will say
 */
export async function readStores(options: {
  readonly approaches: Approaches;
  readonly dataRoot: string;
  readonly size: number;
  readonly durability: Level;
  readonly target: Target;
  readonly signal: AbortSignal;
}): Promise<Readonly<Record<string, StoreInfo | null>>> {
  const { dataRoot, size, durability, target, signal } = options;
  const stores: Record<string, StoreInfo | null> = {};
  for (const [approach, row] of Object.entries(options.approaches)) {
    signal.throwIfAborted();
    await using data = await layOutData({ dataRoot, size, target }, { approach, row, workload: "read" });
    const { dataDir, database } = data;
    const order = { approach, approachFile: row.file?.path, dataDir, database, durability, signal };
    await using service = await target.start(order).catch(() => null);
    const info = await service?.readInfo().catch((error: Error) => {
      throw new Error(`${approach}: ${error.message}`, { cause: error });
    });
    stores[approach] = info ?? null;
  }
  signal.throwIfAborted();
  return stores;
}
