// Two processes store a user with one id: who refuses the second? The services make ids themselves, so the stores are
// asked, each in a process of its own.
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import type { ApproachName } from "../../services/approaches/index.ts";
import type { InsertOutcome } from "../../services/storage/user-store.ts";
import { callInProcess } from "../lesson/bare-process.ts";
import { openStore } from "../lesson/open-store.ts";
import type { EqualIdsRecord } from "./record.ts";
import { copyData, type Stage } from "./stage.ts";
import { readStoredUsers } from "./stored-users.ts";

interface InsertOrder {
  readonly approach: ApproachName;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly dataSeed: number;
}

/** Opens the store, inserts the user, closes the store. */
export async function insertOnce({
  approach,
  dataDir,
  databaseUrl,
  dataSeed,
}: InsertOrder): Promise<InsertOutcome> {
  await using store = await openStore(approach, dataDir, databaseUrl);
  // The store is closed when it is done.
  return await store.insert(seededUser(dataSeed, FIRST_UNSTORED_INDEX));
}

/** @param name of a row of the lab's own table */
export async function tryEqualIds(
  stage: Stage,
  { name, row }: { readonly name: string; readonly row: Approach },
): Promise<EqualIdsRecord> {
  await using data = await copyData(stage, name, row);
  const { dataDir, databaseUrl } = data;
  const order = { approach: name as ApproachName, dataDir, databaseUrl, dataSeed: stage.dataSeed };
  const insert = () => callInProcess(import.meta.url, insertOnce, order, { cpus: [], signal: stage.signal });
  const [first, second] = [await insert(), await insert()];
  const { users } = await readStoredUsers(data, stage);
  return { approach: name, first, second, records: users.length };
}
