// The cases of the inventory, one after the other, on small data of their own.
import { lockData } from "../data/lock.ts";
import { prepareData } from "../data/prepare.ts";
import { openDatabaseFor } from "../targets/database-for.ts";
import { openNativeGroups } from "../targets/native-group.ts";
import { type InventoryCase, type InventoryFinding, runCase } from "./inventory.ts";
import type { QuestionsRecord } from "./record.ts";

/** A linear scan orders one after the other, and reads all orders each time. */
const SIZE = 1_000;
const CONNECTIONS = 50;

/** Prepares the data that is missing, and runs all cases.
 * @param onCase called before each, with its index */
export async function orderLastPieces(
  cases: readonly InventoryCase[],
  options: {
    readonly dataRoot: string;
    readonly dataSeed: number;
    /** Of a PostgreSQL server that is there; else one is started where a case needs one. */
    readonly databaseServerUrl?: string | undefined;
    /** Of who orders. */
    readonly seed: number;
    readonly signal: AbortSignal;
    readonly onCase: (one: InventoryCase, index: number) => void;
  },
): Promise<QuestionsRecord["inventory"]> {
  const { dataRoot, dataSeed, databaseServerUrl: url, seed, signal, onCase } = options;
  const rows = Object.fromEntries(cases.map(({ approach, row }) => [approach, row]));
  using _lock = lockData(dataRoot);
  await using target = openNativeGroups(await openDatabaseFor(rows, { root: dataRoot, ...(url && { url }) }));
  await prepareData({
    ...{ root: dataRoot, size: SIZE, seed: dataSeed, approaches: rows, signal },
    databaseUrlOf: target.database?.urlOf,
    onProgress: () => {},
  });
  const stage = {
    ...{ dataRoot, size: SIZE, dataSeed, target, signal },
    ...{ connections: CONNECTIONS, durationMs: 0, readAllLimitMs: 0 },
  };
  const findings: InventoryFinding[] = [];
  for (const [index, one] of cases.entries()) {
    onCase(one, index);
    findings.push(await runCase(stage, one, seed));
  }
  return { size: SIZE, connections: CONNECTIONS, seed, findings };
}
