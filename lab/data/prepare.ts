// Makes what every approach needs for one size: a folder each, and a database, all from the same users.
import { createHash } from "node:crypto";
import { constants, copyFileSync, createReadStream } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { buildIndex } from "./build-index.ts";
import { fillStore } from "./fill-store.ts";
import { importToSqlite } from "./import-sqlite.ts";
import { readManifest, type Wanted } from "./manifest.ts";
import { type OwnRecords, writeOwnUsers } from "./own-records.ts";
import { makeOwnedFolder } from "./ownership.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { makeFolder } from "./prepared-folder.ts";
import { writeSeededUsers } from "./seed.ts";
import { addShopTables, SHOP_FILES, type ShopOptions, writeShopFiles } from "./shop.ts";
import type { WorkOptions } from "./work.ts";

/** Disk that one user takes at most over all approaches, copies for writing and temporary files: measured at a
 * million users with `npm run prepare-data -- --size 1M` and `du`, and half as much again. */
export const DISK_BYTES_PER_USER = 2_000;
/** What orders, inventory and indexes beside one user take more, of each approach that has them. */
const SHOP_BYTES_PER_USER = 1_200;
const SEEDED_RECORD_BYTES = 140;
const DISK_BYTES_FIXED = 200_000_000;

export interface PrepareOptions extends Wanted, Pick<WorkOptions, "signal"> {
  /** Folder of all prepared data. */
  readonly root: string;
  readonly approaches: Approaches;
  /** A person's own, which take the place of the seeded users. */
  readonly records?: OwnRecords | undefined;
  /** Connection string of a database by its name; needed when an approach needs a database. */
  readonly databaseUrlOf?: ((database: string) => string) | undefined;
  /** Told what is being made and how far it is. Not called for what is there already. */
  readonly onProgress: (what: string, done: number, total: number) => void;
}

type Needs = Approach["needs"];
type DataFile = Exclude<Needs[number], "database" | "shop">;

/** In the order in which they are made: users.idx is made from the users.jsonl beside it. */
const FILES: readonly DataFile[] = ["users.jsonl", "users.idx", "users.db", "store"];

/** Returns the folder of an approach's data. */
export function dataFolderOf(root: string, size: number, approach: string): string {
  return join(root, String(size), approach);
}

/** Returns the users.jsonl that everything else of a size is made from. */
export function seededFileOf(root: string, size: number): string {
  return join(dataFolderOf(root, size, "seeded"), "users.jsonl");
}

/** Returns the name of the database that holds this many users.
 * @param needs of an approach: one with orders has another database than one without */
export function databaseOf(size: number, needs: Needs = []): string {
  return needs.includes("shop") ? `shop_${size}` : `users_${size}`;
}

/** Returns the names of the files in the folder of an approach. */
function filesOf(needs: Needs): string[] {
  const files: string[] = FILES.filter((file) => needs.includes(file));
  return needs.includes("shop") && needs.includes("users.jsonl") ? [...files, ...SHOP_FILES] : files;
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
    const { needs } = row;
    if (needs.includes("database")) {
      const usersFile = seededFileOf(root, size);
      await prepareDatabase(
        { ...options, usersFile, shop: shopOf(row, options) },
        databaseOf(size, needs),
        sha256,
      );
    }
    await makeFolder(dataFolderOf(root, size, name), options, filesOf(needs), async (folder) => {
      for (const file of FILES)
        if (needs.includes(file)) await makeFile(file, folder, seeded, { name, row }, options);
      await makeShop({ name, row }, folder, options);
      return sha256;
    });
  }
  return sha256;
}

async function makeFile(
  file: DataFile,
  folder: string,
  seeded: string,
  { name, row }: { readonly name: string; readonly row: Approach },
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

/** What the orders of an approach are made from; undefined for one without. */
function shopOf({ needs }: Approach, { size, seed, signal }: PrepareOptions): ShopOptions | undefined {
  return needs.includes("shop") ? { size, seed, signal } : undefined;
}

async function makeShop(
  { name, row }: { readonly name: string; readonly row: Approach },
  folder: string,
  options: PrepareOptions,
): Promise<void> {
  const shop = shopOf(row, options);
  if (shop === undefined) return;
  const onProgress = (done: number, total: number) => options.onProgress(`${name} orders`, done, total);
  if (row.needs.includes("users.jsonl")) await writeShopFiles(folder, { ...shop, onProgress });
  if (row.needs.includes("users.db")) await addShopTables(join(folder, "users.db"), { ...shop, onProgress });
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function assertDiskHoldsPrepared({ root, size, approaches, records }: PrepareOptions): Promise<void> {
  const folders = ["seeded", ...Object.keys(approaches)].map((name) => dataFolderOf(root, size, name));
  if (folders.every((folder) => readManifest(folder) !== null)) return;
  const shops = Object.values(approaches).filter(({ needs }) => needs.includes("shop")).length;
  const recordTimes = (records?.bytes.p99 ?? 0) / SEEDED_RECORD_BYTES;
  const userBytes = DISK_BYTES_PER_USER * Math.max(1, recordTimes);
  await assertDiskHolds(root, size, userBytes + shops * SHOP_BYTES_PER_USER);
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
