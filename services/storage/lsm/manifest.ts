// The manifest says which files the store is made of. Whatever it does not name is left over, and removed.
import { existsSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { DamagedData } from "../faults.ts";
import { syncFolder } from "../sync-folder.ts";
import type { TableFacts } from "./table-facts.ts";

const FILE_NAME = "manifest";
const FORMAT_VERSION = 1;

export interface Manifest {
  /** Logs with this number or a higher one have what no table has yet. */
  readonly firstLog: number;
  /** In no order: an id is in one of them at most. */
  readonly tables: readonly TableFacts[];
}

/** What a table that was made changes. */
export interface Change {
  readonly added: TableFacts;
  readonly removed: readonly TableFacts[];
  /** Where the table was made of a log: the first that is still needed. */
  readonly firstLog?: number;
}

export function applyChange({ firstLog, tables }: Manifest, change: Change): Manifest {
  const isKept = ({ number }: TableFacts) => change.removed.every((removed) => removed.number !== number);
  return { firstLog: change.firstLog ?? firstLog, tables: [change.added, ...tables.filter(isKept)] };
}

/** Reads the manifest; null when there is none. @throws DamagedData when it is none of this format */
export function readManifest(folder: string): Manifest | null {
  const file = join(folder, FILE_NAME);
  if (!existsSync(file)) return null;
  try {
    const { formatVersion, ...manifest } = JSON.parse(readFileSync(file, "utf8"));
    if (formatVersion === FORMAT_VERSION && Array.isArray(manifest.tables)) return manifest;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DamagedData(`${file}: expected a manifest of format ${FORMAT_VERSION}`);
}

/** Replaces the manifest: whoever opens the store finds the old one or the new one, whatever happens. */
export async function replaceManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = join(folder, FILE_NAME);
  const handle = await open(`${file}.new`, "w");
  try {
    await handle.writeFile(`${JSON.stringify({ formatVersion: FORMAT_VERSION, ...manifest })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  await syncFolder(folder);
}
