// Where orders are placed: prepared data, and services as processes.
import type { Approaches } from "../../services/approaches/approach.ts";
import { lockData } from "../data/lock.ts";
import { prepareData } from "../data/prepare.ts";
import { openDatabaseFor } from "../targets/database-for.ts";
import { openNativeGroups } from "../targets/native-group.ts";
import type { Stage } from "../writers/stage.ts";

const CONNECTIONS = 50;

export interface OrderPlace {
  readonly dataRoot: string;
  readonly dataSeed: number;
  /** Of a PostgreSQL server that is there; else one is started where an approach needs one. */
  readonly databaseServerUrl?: string | undefined;
  /** Of who orders. */
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Locks the data, prepares what is missing of it for these approaches, and does the work. */
export async function onOrderStage<Result>(
  rows: Approaches,
  size: number,
  { dataRoot, dataSeed, databaseServerUrl: url, signal }: OrderPlace,
  work: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  using _lock = lockData(dataRoot);
  await using target = openNativeGroups(await openDatabaseFor(rows, { root: dataRoot, ...(url && { url }) }));
  await prepareData({
    ...{ root: dataRoot, size, seed: dataSeed, approaches: rows, orders: true, signal },
    databaseUrlOf: target.database?.urlOf,
    onProgress: () => {},
  });
  return await work({
    ...{ dataRoot, size, dataSeed, target, signal },
    ...{ connections: CONNECTIONS, durationMs: 0, readAllLimitMs: 0 },
  });
}
