// What services in containers serve. Their settings are fixed when they are made, so their folder and the file with
// their connection string have fixed names too: pointers, which a trial turns to its data and back.
import {
  constants,
  cpSync,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Approaches } from "../../services/approaches/approach.ts";
import { databaseOf, dataFolderOf, takesOrders } from "./data-places.ts";
import { assertDiskHolds } from "./disk-room.ts";
import { isOf, readManifest, type Wanted } from "./manifest.ts";
import { giveToOwnerOfFolder, makeOwnedFolder } from "./ownership.ts";
import { serveDatabase } from "./prepare-database.ts";
import { findFreeName } from "./prepared-folder.ts";

/** All copies together, with orders: measured at 100,000 users with `npm run prepare-data -- --size 100k --orders` and `du`, and
 * half as much again. */
const SERVED_BYTES_PER_USER = 2_300;

/** The data of one service. */
export interface ServedData {
  readonly folder: string;
  /** Connection string; undefined for approaches without a database. */
  readonly databaseUrl: string | undefined;
}

/** Lets `<root>/current/<approach>` be this folder, and `<root>/current/<approach>.database-url` name this database.
 * Pointers that are right are left as they are, with the time at which they were turned. */
export function pointService(root: string, approach: string, { folder, databaseUrl }: ServedData): void {
  const current = join(root, "current");
  makeOwnedFolder(current);
  const link = join(current, approach);
  const unfinished = join(current, `.${approach}.unfinished-${process.pid}`);
  rmSync(unfinished, { force: true });
  const target = relative(current, folder);
  if (!isLink(link) || readlinkSync(link) !== target) {
    symlinkSync(target, unfinished);
    renameSync(unfinished, link);
  }
  const urlFile = `${link}.database-url`;
  if (databaseUrl === undefined || readIfThere(urlFile) === databaseUrl) return;
  writeFileSync(unfinished, databaseUrl, { mode: 0o600 });
  giveToOwnerOfFolder(unfinished);
  renameSync(unfinished, urlFile);
}

/** Gives services in containers variables of their environment, from their next start on: those that Compose gives them stay
 * as they are. */
export function setServices(root: string, variables: Readonly<Record<string, string>>): void {
  const file = join(root, "current", "settings.env");
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  if (lines.length === 0) rmSync(file, { force: true });
  else replaceFile(file, lines.join(""));
}

/** The Compose service that is any approach that has none of its own. */
export const VARIANT_SERVICE = "variant";

/** Lets that service be this approach on this data, from its next start on. */
export function pointVariant(root: string, approach: string, { folder, databaseUrl = "" }: ServedData): void {
  pointService(root, VARIANT_SERVICE, { folder, databaseUrl });
  setServices(root, { APPROACH: approach });
}

/** Has Prometheus ask these services for their metrics beside those that it always asks, and no others any more. */
export function watchServices(root: string, addresses: readonly string[]): void {
  const targets = addresses.length === 0 ? [] : [{ targets: addresses, labels: { process: "1" } }];
  replaceFile(join(root, "watched-services.json"), `${JSON.stringify(targets)}\n`);
}

function replaceFile(file: string, text: string): void {
  const unfinished = `${file}.unfinished-${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

/** Returns what a service was last given. @throws Error when it was given nothing */
export function readPointer(root: string, approach: string): ServedData {
  const current = join(root, "current");
  return {
    folder: resolve(current, readlinkSync(join(current, approach))),
    databaseUrl: readIfThere(join(current, `${approach}.database-url`)),
  };
}

/** When a service was last given something else, in Unix time; 0 when it never was. */
export function pointedAtMs(root: string, approach: string): number {
  const link = join(root, "current", approach);
  const times = [link, `${link}.database-url`].map(
    (path) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs,
  );
  return Math.max(...times.map((time) => time ?? 0));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Gives each service a copy of the prepared data to keep, with orders where it takes some: what people write to it stays, whatever is
 * measured. */
export async function serveData(
  options: Wanted & {
    readonly root: string;
    readonly approaches: Approaches;
    /** Connection string of a database by its name, where there is a server. */
    readonly databaseUrlOf: ((database: string) => string) | undefined;
  },
): Promise<void> {
  const { root, size, databaseUrlOf } = options;
  // Whoever gave services other settings may have been killed.
  setServices(root, {});
  watchServices(root, []);
  const isServed = (name: string) => isOf(readManifest(join(root, "served", String(size), name)), options);
  if (!Object.keys(options.approaches).every(isServed))
    await assertDiskHolds(root, size, SERVED_BYTES_PER_USER);
  for (const [name, row] of Object.entries(options.approaches)) {
    const folder = join(root, "served", String(size), name);
    const hasOrders = takesOrders(row);
    if (!isOf(readManifest(folder), options)) copyFolder(dataFolderOf(root, size, name, hasOrders), folder);
    let databaseUrl: string | undefined;
    if (databaseUrlOf !== undefined && row.needs.includes("database")) {
      const from = databaseOf(size, row, hasOrders);
      const database = `served_${from}`;
      await serveDatabase(databaseUrlOf, { size, seed: options.seed, from, to: database });
      databaseUrl = databaseUrlOf(database);
    }
    pointService(root, name, { folder, databaseUrl });
  }
}

/** Copies a prepared folder; one that is in its place is kept under another name. */
function copyFolder(from: string, to: string): void {
  if (existsSync(to)) renameSync(to, findFreeName(`${to}.replaced`));
  makeOwnedFolder(dirname(to));
  const unfinished = `${to}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(from, unfinished, { recursive: true, mode: constants.COPYFILE_FICLONE });
  giveToOwnerOfFolder(unfinished);
  renameSync(unfinished, to);
}
