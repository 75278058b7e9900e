// The data that a service is started on.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Workload, workloads } from "../../k6/lib/workloads.ts";
import { databaseOf, dataFolderOf } from "../data/data-places.ts";
import { giveToOwnerOfFolder } from "../data/ownership.ts";
import { copyDatabase, dropDatabase } from "../data/prepare-database.ts";
import type { Target } from "../targets/target.ts";
import type { Trial } from "./plan.ts";

const SCRATCH = "scratch";

/** Where a service finds its users; a copy is gone when this is disposed of. */
export interface TrialData extends AsyncDisposable {
  readonly dataDir: string;
  /** The name of the database, for approaches that have one. */
  readonly database: string | undefined;
}

/** Says where the service finds its users. A workload that writes gets a copy, so that no trial changes another's data; so does
 * a store that may write when it is merely opened. */
export async function layOutData(
  options: { readonly dataRoot: string; readonly size: number; readonly target: Pick<Target, "database"> },
  { approach, row, workload }: Pick<Trial, "approach" | "row" | "workload">,
): Promise<TrialData> {
  const { dataRoot, size, target } = options;
  const { writes, needsOrders }: Workload = workloads[workload];
  const folder = dataFolderOf(dataRoot, size, approach, needsOrders);
  const server = row.needs.includes("database") ? target.database : null;
  const database = server === null ? undefined : databaseOf(size, row, needsOrders);
  if (!writes && !row.needs.includes("store")) {
    return { dataDir: folder, database, async [Symbol.asyncDispose]() {} };
  }
  const scratchFolder = join(dataRoot, SCRATCH);
  rmSync(scratchFolder, { recursive: true, force: true });
  cpSync(folder, scratchFolder, { recursive: true });
  giveToOwnerOfFolder(scratchFolder);
  if (server !== null) await copyDatabase(server.urlOf, databaseOf(size, row, needsOrders), SCRATCH);
  return {
    dataDir: scratchFolder,
    database: server === null ? undefined : SCRATCH,
    async [Symbol.asyncDispose]() {
      rmSync(scratchFolder, { recursive: true, force: true });
      if (server !== null) await dropDatabase(server.urlOf, SCRATCH);
    },
  };
}
