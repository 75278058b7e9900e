// The manifest says which files the tree is made of: tables, and logs that no table has yet. A start finds these, and what a
// process that was killed has left over, which the manifest does not name and which is removed.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { rename, unlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DamagedData } from "../faults.ts";
import { syncFolder } from "../sync-folder.ts";
import { checkLine, createLog, cutLog, type Log, readLogs, toLine } from "./log.ts";
import { openTable, type Table } from "./table.ts";

const FORMAT_VERSION = 3;

/** The number of the first log that has what no table has yet; for each table, by name, the byte at which its index begins. */
type Manifest = Readonly<{ firstLog: number; tables: Record<string, number> }>;

/** What a tree is made of now. */
export interface TreeState {
  readonly folder: string;
  /** The oldest first. The last one is written; those before it are full, and to become tables. */
  logs: readonly Log[];
  tables: readonly Table[];
  /** A number that no file has. */
  nextNumber: number;
}

export function countUsers(sources: readonly (Log | Table)[]): number {
  return sources.reduce((sum, { users }) => sum + (typeof users === "number" ? users : users.size), 0);
}

/** Takes a number for a new file. Returns its path: "000012.log", "000013.table". */
export function nameFile(state: TreeState, kind: "log" | "table"): string {
  return join(state.folder, `${String(state.nextNumber++).padStart(6, "0")}.${kind}`);
}

/** Removes a file that is of no use. One that stays does no harm, and is told. */
export const tryRemove = (file: string, log: (line: string) => void) =>
  unlink(file).catch((error) => log(error.message));

/** Replaces the manifest: whoever opens the tree finds the old one or the new one, whatever happens. */
export async function replaceManifest({ folder, logs, tables }: TreeState): Promise<void> {
  const file = join(folder, "manifest");
  const manifest = JSON.stringify({
    formatVersion: FORMAT_VERSION,
    firstLog: logs[0] === undefined ? 0 : numberOf(logs[0].file),
    tables: Object.fromEntries(tables.map(({ file, dataBytes }) => [basename(file), dataBytes])),
  });
  await writeFile(`${file}.new`, toLine(manifest), { flush: true });
  // The tables' own names are on the disk before the one that stands for them.
  await syncFolder(folder);
  await rename(`${file}.new`, file);
  await syncFolder(folder);
}

/**
 * Reads a tree's folder, removes files that belong to nothing, and cuts off a torn last record.
 * @throws DamagedData for what no kill leaves: a bad record before the last one, a table or a manifest that is not there
 */
export async function recover(folder: string, log: (line: string) => void): Promise<TreeState> {
  const names = readdirSync(folder).filter((name) => /^\d{6,}\.(log|table)$/.test(name));
  const { firstLog, tables } = await readManifest(folder, names);
  if (firstLog > 0 && !names.some((name) => numberOf(name) === firstLog))
    throw new DamagedData(`${folder}: log ${firstLog} is missing; the manifest has it`);
  const isLog = (name: string) => name.endsWith(".log") && numberOf(name) >= firstLog;
  const left = names.filter((name) => !isLog(name) && !(name in tables));
  for (const name of left) await tryRemove(join(folder, name), log);

  const logNames = names.filter(isLog).sort((one, other) => numberOf(one) - numberOf(other));
  const logs = logNames.map((name) => createLog(join(folder, name)));
  const torn = await readLogs(logs);
  if (torn !== null) {
    const tornBytes = statSync(torn.file).size - torn.byte;
    await cutLog(torn.file, torn.byte);
    log(`${torn.file}, byte ${torn.byte}: ${tornBytes} bytes of a torn record dropped`);
  }
  const opened = Object.entries(tables).map(([name, dataBytes]) => openTable(join(folder, name), dataBytes));
  const state = { folder, logs, tables: opened, nextNumber: Math.max(0, ...names.map(numberOf)) + 1 };
  if (logs.length === 0) logs.push(createLog(nameFile(state, "log")));
  return state;
}

/** Reads the manifest. A new tree gets one before it has anything else: a kill may leave a table that is not finished. */
async function readManifest(folder: string, names: readonly string[]): Promise<Manifest> {
  const file = join(folder, "manifest");
  if (!existsSync(file)) {
    if (names.length > 0) throw new DamagedData(`${file} is missing; expected it beside logs and tables`);
    await replaceManifest({ folder, logs: [], tables: [], nextNumber: 1 });
  }
  const json = checkLine(readFileSync(file));
  const { formatVersion, ...manifest } = json === null ? {} : JSON.parse(json.toString());
  if (formatVersion === FORMAT_VERSION) return manifest;
  throw new DamagedData(`${file}: expected a manifest of format ${FORMAT_VERSION}, and its checksum`);
}

const numberOf = (file: string) => Number.parseInt(basename(file), 10);
