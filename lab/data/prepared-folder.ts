// A folder of prepared data that is there as a whole or not at all.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  describeFiles,
  formatManifest,
  hasFiles,
  isOf,
  isUntouched,
  readManifest,
  type Wanted,
  writeManifest,
} from "./manifest.ts";
import { giveToOwnerOfFolder } from "./ownership.ts";

/**
 * Makes a folder under another name and renames it when it is complete. One that is there and current is left
 * alone; one that somebody has written to since is kept aside.
 * @param names of the files that it is to have
 * @param fill makes them in the folder that it is given; returns the SHA-256 of the users.jsonl that they were made from
 * @returns the SHA-256 of the users.jsonl that the folder was made from
 */
export async function makeFolder(
  folder: string,
  wanted: Wanted,
  names: readonly string[],
  fill: (folder: string) => Promise<string>,
): Promise<string> {
  removeUnfinished(folder);
  const manifest = readManifest(folder);
  const isAsMade = manifest !== null && isUntouched(folder, manifest);
  if (isAsMade && isOf(manifest, wanted) && hasFiles(manifest, names)) return manifest.sha256;
  if (existsSync(folder) && !isAsMade) renameSync(folder, findFreeName(`${folder}.changed`));
  const unfinished = `${folder}.unfinished-${process.pid}`;
  mkdirSync(unfinished);
  const sha256 = await fill(unfinished);
  writeManifest(
    unfinished,
    formatManifest({ size: wanted.size, seed: wanted.seed }, sha256, describeFiles(unfinished, names)),
  );
  giveToOwnerOfFolder(unfinished);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  return sha256;
}

/** Removes what an interrupted run has left of this folder. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.unfinished-`)) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** Returns the stem with the lowest number behind it that no file has. */
export function findFreeName(stem: string): string {
  for (let n = 1; ; n++) if (!existsSync(`${stem}-${n}`)) return `${stem}-${n}`;
}
