// The manifest says which files the tree is made of: tables, and logs that no table has yet. A start finds these, and what a
// process that was killed has left over, which the manifest does not name and which is removed.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DamagedData } from "../faults.ts";
import { syncFolder } from "../sync-folder.ts";
import { addChecksum, checkLine, cutLog, type Log, readLog } from "./log.ts";
import { openTable, type Table, type TableFacts } from "./table.ts";

const FORMAT_VERSION = 2;

interface Manifest {
  /** Logs with this number or a higher one have what no table has yet. */
  readonly firstLog: number;
  /** In no order: an id is in one of them at most. */
  readonly tables: readonly TableFacts[];
}

/** What a tree is made of now. */
export interface TreeState {
  /** The oldest first. The last one is written; those before it are full, and to become tables. */
  logs: readonly Log[];
  tables: readonly Table[];
  /** A number that no file has. */
  nextNumber: number;
}

export function countUsers(sources: readonly (Log | Table)[]): number {
  return sources.reduce((sum, one) => sum + (one.facts === null ? one.users.size : one.facts.users), 0);
}

/** Returns the name of a file: "000012.log", "000013.table". */
export function nameFile(number: number, kind: "log" | "table"): string {
  return `${String(number).padStart(6, "0")}.${kind}`;
}

export function createLog(folder: string, number: number): Log {
  const file = join(folder, nameFile(number, "log"));
  return { number, file, users: new Map(), bytes: 0, tornBytes: 0, facts: null };
}

/** Replaces the manifest: whoever opens the tree finds the old one or the new one, whatever happens. */
export async function replaceManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = join(folder, "manifest");
  const text = addChecksum(JSON.stringify({ formatVersion: FORMAT_VERSION, ...manifest }));
  await writeFile(`${file}.new`, text, { flush: true });
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
  const numberOf = (name: string) => Number.parseInt(name, 10);
  const isLog = (name: string) => name.endsWith(".log") && numberOf(name) >= firstLog;
  const isTable = (name: string) => tables.some(({ number }) => name === nameFile(number, "table"));
  for (const name of names) if (!isLog(name) && !isTable(name)) rmSync(join(folder, name));

  const numbers = names.filter(isLog).map(numberOf);
  const logs: Log[] = [];
  for (const number of numbers.sort((one, other) => one - other))
    logs.push({ number, ...(await readLog(join(folder, nameFile(number, "log")))) });
  await cutTornRecord(logs, log);
  let nextNumber = Math.max(0, ...names.map(numberOf)) + 1;
  if (logs.length === 0) logs.push(createLog(folder, nextNumber++));
  const open = (facts: TableFacts) => openTable(join(folder, nameFile(facts.number, "table")), facts);
  return { logs, tables: tables.map(open), nextNumber };
}

/** Reads the manifest. A new tree gets one before it has a table: a kill may leave a table that is not finished. */
async function readManifest(folder: string, names: readonly string[]): Promise<Manifest> {
  const file = join(folder, "manifest");
  if (!existsSync(file)) {
    if (names.some((name) => name.endsWith(".table")))
      throw new DamagedData(`${file} is missing; expected it beside the tables`);
    await replaceManifest(folder, { firstLog: 0, tables: [] });
  }
  const text = checkLine(readFileSync(file, "utf8"));
  const { formatVersion, ...manifest } = text === null ? {} : JSON.parse(text);
  if (formatVersion === FORMAT_VERSION) return manifest;
  throw new DamagedData(`${file}: expected a manifest of format ${FORMAT_VERSION}, and its checksum`);
}

/** Only the last record of all can be torn: a full log is on the disk before there is anything in the next. */
async function cutTornRecord(logs: readonly Log[], log: (line: string) => void): Promise<void> {
  const torn = logs.find(({ tornBytes }) => tornBytes > 0);
  if (torn === undefined) return;
  const place = `${torn.file}, byte ${torn.bytes}`;
  if (torn !== logs.findLast(({ bytes, tornBytes }) => bytes + tornBytes > 0))
    throw new DamagedData(`${place}: a torn record; expected nothing in a later log`);
  await cutLog(torn);
  log(`${place}: ${torn.tornBytes} bytes of a torn record dropped`);
}
