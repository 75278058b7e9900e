// Says whether a prepared folder or database is what is wanted. Written last, so that whatever lacks it is unfinished.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileBytes } from "../../services/storage/file-bytes.ts";

/** Raised whenever the same users would be stored in other bytes. */
const FORMAT_VERSION = 2;
const FILE_NAME = "manifest.json";

/** What a folder is to hold. */
export interface Wanted {
  /** Number of users. */
  readonly size: number;
  /** Seed of the users. */
  readonly seed: number;
}

export interface Manifest extends Wanted {
  readonly formatVersion: number;
  /** SHA-256 of the users.jsonl that all stores of this size were filled from. */
  readonly sha256: string;
  /** Bytes of each file, and of all files of a folder, when it was finished. Of a database the rows of tables beside the users. */
  readonly files: Readonly<Record<string, number>>;
}

export function describeFiles(folder: string, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, bytesOf(join(folder, name))]));
}

/** Returns the bytes of a file, or of all files of a folder. */
function bytesOf(path: string): number {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return fileBytes(path);
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

export function formatManifest(wanted: Wanted, sha256: string, files: Record<string, number>): string {
  const manifest: Manifest = { formatVersion: FORMAT_VERSION, ...wanted, sha256, files };
  return `${JSON.stringify(manifest)}\n`;
}

export function writeManifest(folder: string, text: string): void {
  writeFileSync(join(folder, FILE_NAME), text, { flush: true });
}

/** Reads the manifest of a folder; null when there is none that can be read. */
export function readManifest(folder: string): Manifest | null {
  try {
    return parseManifest(readFileSync(join(folder, FILE_NAME), "utf8"));
  } catch {
    return null;
  }
}

export function parseManifest(text: string): Manifest | null {
  try {
    return JSON.parse(text) as Manifest;
  } catch {
    return null;
  }
}

/** Whether a manifest is of this format and of the users that are wanted. */
export function isOf(manifest: Manifest | null, { size, seed }: Wanted): manifest is Manifest {
  return manifest?.formatVersion === FORMAT_VERSION && manifest.size === size && manifest.seed === seed;
}

/** Whether a manifest is of a folder with these files and no others. */
export function hasFiles({ files }: Manifest, names: readonly string[]): boolean {
  return Object.keys(files).length === names.length && names.every((name) => Object.hasOwn(files, name));
}

/** Whether files and folders are as long as when they were finished, and no write-ahead log holds more: a service may have
 * written to them since. Some stores write when they are merely opened, which is why nobody opens a prepared one. */
export function isUntouched(folder: string, { files }: Manifest): boolean {
  const isAsLong = ([name, bytes]: [string, number]) =>
    bytesOf(join(folder, name)) === bytes && fileBytes(join(folder, `${name}-wal`)) === 0;
  return Object.entries(files).every(isAsLong);
}
