// Makes what every approach needs for one size: a folder each, and a database, all from the same users.
import { createHash } from "node:crypto";
import { constants, copyFileSync, createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { ORDERS_DATABASE } from "../../services/storage/sqlite-orders.ts";
import { buildIndex } from "./build-index.ts";
import { databaseOf, dataFolderOf, seededFileOf, takesOrders } from "./data-places.ts";
import { assertDiskHoldsPrepared } from "./disk-room.ts";
import { fillStore } from "./fill-store.ts";
import { addIndexes, importToSqlite } from "./import-sqlite.ts";
import type { Wanted } from "./manifest.ts";
import { type OwnRecords, writeOwnUsers } from "./own-records.ts";
import { makeOwnedFolder } from "./ownership.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { makeFolder } from "./prepared-folder.ts";
import { writeSeededUsers } from "./seed.ts";
import { SHOP_FILES, type ShopOptions, writeShopDatabase, writeShopFiles } from "./shop.ts";
import type { WorkOptions } from "./work.ts";

export interface PrepareOptions extends Wanted, Pick<WorkOptions, "signal"> {
  /** Folder of all prepared data. */
  readonly root: string;
  readonly approaches: Approaches;
  /** Whether approaches that take orders are to have some, in data of their own beside those without. */
  readonly orders?: boolean;
  /** A person's own, which take the place of the seeded users. */
  readonly records?: OwnRecords | undefined;
  /** Connection string of a database by its name; needed when an approach needs a database. */
  readonly databaseUrlOf?: ((database: string) => string) | undefined;
  /** Told what is being made and how far it is. Not called for what is there already. */
  readonly onProgress: (what: string, done: number, total: number) => void;
}

type Needs = Approach["needs"];
type DataFile = Exclude<Needs[number], "database">;
type Named = { readonly name: string; readonly row: Approach };

/** In the order in which they are made: users.idx is made from the users.jsonl beside it. */
const FILES: readonly DataFile[] = ["users.jsonl", "users.idx", "users.db", "store"];

/** Returns the names of the files in the folder of an approach. */
function filesOf(needs: Needs, hasOrders: boolean): string[] {
  const files: string[] = FILES.filter((file) => needs.includes(file));
  if (hasOrders && needs.includes("users.jsonl")) files.push(...SHOP_FILES);
  if (hasOrders && needs.includes("users.db")) files.push(ORDERS_DATABASE);
  return files;
}

/**
 * Makes what is missing; what is there and current is left alone. A stop in the middle leaves nothing that looks
 * finished. A folder that a service has written to since is kept aside under another name.
 * @returns the SHA-256 of the users.jsonl that everything was made from
 * @throws Error when the disk has too little room, before anything is made
 */
export async function prepareData(options: PrepareOptions): Promise<string> {
  const { root, size, seed } = options;
  makeOwnedFolder(join(root, String(size)));
  await assertDiskHoldsPrepared(options);
  const seeded = dataFolderOf(root, size, "seeded");
  const sha256 = await makeFolder(seeded, options, ["users.jsonl", "ids.json"], async (folder) => {
    const onProgress = (done: number, total: number) => options.onProgress("users.jsonl", done, total);
    const file = join(folder, "users.jsonl");
    if (options.records === undefined)
      await writeSeededUsers({ file, size, seed, onProgress, signal: options.signal });
    else await writeOwnUsers(options.records, file, join(folder, "ids.json"));
    return hashFile(file);
  });

  for (const [name, row] of Object.entries(options.approaches)) {
    await prepareApproach({ name, row }, options, sha256, false);
    if (options.orders && takesOrders(row)) await prepareApproach({ name, row }, options, sha256, true);
  }
  return sha256;
}

async function prepareApproach(
  { name, row }: Named,
  options: PrepareOptions,
  sha256: string,
  hasOrders: boolean,
): Promise<void> {
  const { root, size, seed, signal } = options;
  const { needs, indexed } = row;
  const shop = hasOrders ? { size, seed, signal } : undefined;
  if (needs.includes("database")) {
    const usersFile = seededFileOf(root, size);
    await prepareDatabase({ ...options, usersFile, indexed, shop }, databaseOf(size, row, hasOrders), sha256);
  }
  const folder = dataFolderOf(root, size, name, hasOrders);
  await makeFolder(folder, options, filesOf(needs, hasOrders), async (unfinished) => {
    for (const file of FILES)
      if (needs.includes(file))
        await makeFile(file, unfinished, dataFolderOf(root, size, "seeded"), { name, row }, options);
    if (indexed && needs.includes("users.db")) addIndexes(join(unfinished, "users.db"));
    if (shop) await makeShop({ name, row }, unfinished, shop, options.onProgress);
    return sha256;
  });
}

async function makeFile(
  file: DataFile,
  folder: string,
  seeded: string,
  { name, row }: Named,
  { size, onProgress, signal }: PrepareOptions,
): Promise<void> {
  const dataFile = join(folder, "users.jsonl");
  const seededFile = join(seeded, "users.jsonl");
  const report = (done: number, total: number) => onProgress(`${name} ${file}`, done, total);
  switch (file) {
    case "users.jsonl":
      copyFileSync(seededFile, dataFile, constants.COPYFILE_FICLONE);
      return;
    case "users.idx":
      await buildIndex({ dataFile, onProgress: report, signal });
      return;
    case "users.db":
      await importToSqlite({
        dataFile: seededFile,
        databaseFile: join(folder, file),
        clustered: row.clustered,
        onProgress: report,
        signal,
      });
      return;
    case "store":
      await fillStore({ row, dataDir: folder, dataFile: seededFile, size, onProgress: report, signal });
  }
}

async function makeShop(
  { name, row }: Named,
  folder: string,
  shop: Omit<ShopOptions, "onProgress">,
  report: PrepareOptions["onProgress"],
): Promise<void> {
  const options = {
    ...shop,
    onProgress: (done: number, total: number) => report(`${name} orders`, done, total),
  };
  if (row.needs.includes("users.jsonl")) await writeShopFiles(folder, options);
  if (row.needs.includes("users.db")) await writeShopDatabase(join(folder, ORDERS_DATABASE), options);
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
