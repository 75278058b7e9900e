// Makes what every approach needs for one size: a folder each, and a database, all from the same users.
import { createHash } from "node:crypto";
import { constants, copyFileSync, createReadStream } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { ORDER_QUESTIONS } from "../../services/storage/questions.ts";
import { ORDERS_DATABASE } from "../../services/storage/sqlite-orders.ts";
import { buildIndex } from "./build-index.ts";
import { fillStore } from "./fill-store.ts";
import { addIndexes, importToSqlite } from "./import-sqlite.ts";
import { isOf, readManifest, type Wanted } from "./manifest.ts";
import { type OwnRecords, writeOwnUsers } from "./own-records.ts";
import { makeOwnedFolder } from "./ownership.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { makeFolder } from "./prepared-folder.ts";
import { writeSeededUsers } from "./seed.ts";
import { SHOP_FILES, type ShopOptions, writeShopDatabase, writeShopFiles } from "./shop.ts";
import type { WorkOptions } from "./work.ts";

/** Disk that one user takes at most over all approaches, copies for writing and temporary files: measured at a
 * million users with `npm run prepare-data -- --size 1M` and `du`, and half as much again. */
export const DISK_BYTES_PER_USER = 2_000;
/** What one user takes more with orders and inventory, of each approach that has them: the same data once more, and those. */
const SHOP_BYTES_PER_USER = 1_200;
const SEEDED_RECORD_BYTES = 140;
const DISK_BYTES_FIXED = 200_000_000;

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

/** Returns the folder of an approach's data.
 * @param hasOrders whether of those with orders, which stand apart: nothing that has none pays for them */
export function dataFolderOf(root: string, size: number, approach: string, hasOrders = false): string {
  return join(root, String(size), hasOrders ? `${approach}.orders` : approach);
}

/** Returns the users.jsonl that everything else of a size is made from. */
export function seededFileOf(root: string, size: number): string {
  return join(dataFolderOf(root, size, "seeded"), "users.jsonl");
}

/** Returns the name of the database that holds this many users.
 * @param row of an approach: one with indexes has another database than one without */
export function databaseOf(size: number, row?: Approach, hasOrders = false): string {
  return `${row?.indexed ? "indexed" : "users"}_${size}${hasOrders ? "_orders" : ""}`;
}

/** Whether an approach has orders, where there are some. */
export function takesOrders({ answers = [] }: Pick<Approach, "answers">): boolean {
  return ORDER_QUESTIONS.some((question) => answers.includes(question));
}

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

async function assertDiskHoldsPrepared(options: PrepareOptions): Promise<void> {
  const { root, size, approaches, records, orders = false } = options;
  const takers = Object.entries(approaches).flatMap(([name, row]) =>
    orders && takesOrders(row) ? [name] : [],
  );
  const folders = [
    ...["seeded", ...Object.keys(approaches)].map((name) => dataFolderOf(root, size, name)),
    ...takers.map((name) => dataFolderOf(root, size, name, true)),
  ];
  if (folders.every((folder) => isOf(readManifest(folder), options))) return;
  const recordTimes = (records?.bytes.p99 ?? 0) / SEEDED_RECORD_BYTES;
  const userBytes = DISK_BYTES_PER_USER * Math.max(1, recordTimes);
  await assertDiskHolds(root, size, userBytes + takers.length * SHOP_BYTES_PER_USER);
}

/** @throws Error when the disk has too little room for so many users at so many bytes each */
export async function assertDiskHolds(root: string, size: number, bytesPerUser: number): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  const needBytes = size * bytesPerUser + DISK_BYTES_FIXED;
  if (bavail * bsize >= needBytes) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new Error(
    `${root} has ${gigabytes(bavail * bsize)} GB free; ${size} users need ${gigabytes(needBytes)} GB`,
  );
}
