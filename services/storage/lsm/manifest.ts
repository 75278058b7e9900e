// The manifest says which files the tree is made of: tables, and logs that no table has yet. A start finds these, and what a
// process that was killed has left over, which the manifest does not name and which is removed.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DamagedData } from "../faults.ts";
import { syncFolder } from "../sync-folder.ts";
import { cutLog, type Log, readLog } from "./log.ts";
import { openTable, type Table, type TableFacts } from "./table.ts";

const FORMAT_VERSION = 1;

interface Manifest {
  /** Logs with this number or a higher one have what no table has yet. */
  readonly firstLog: number;
  /** In no order: an id is in one of them at most. */
  readonly tables: readonly TableFacts[];
}

/** What users are in. */
export interface Sources {
  /** The oldest first. */
  readonly logs: readonly Log[];
  readonly tables: readonly Table[];
}

/** What a tree is made of now. The last of its logs is the one that is written; those before it are to become tables. */
export interface TreeState extends Sources {
  logs: readonly Log[];
  tables: readonly Table[];
  /** A number that no file has. */
  nextNumber: number;
}

export function countUsers({ logs, tables }: Sources): number {
  const counts = [...logs.map(({ users }) => users.size), ...tables.map(({ facts }) => facts.users)];
  return counts.reduce((sum, users) => sum + users);
}

interface FileName {
  readonly number: number;
  readonly kind: "log" | "table";
}

/** Returns the name of a file: "000012.log", "000013.table". */
export function nameFile({ number, kind }: FileName): string {
  return `${String(number).padStart(6, "0")}.${kind}`;
}

/** Returns number and kind of a file by its name, null for another's file. */
export function parseFileName(name: string): FileName | null {
  const [, digits, kind] = /^(\d{6,})\.(log|table)$/.exec(name) ?? [];
  return kind === undefined ? null : { number: Number(digits), kind: kind as FileName["kind"] };
}

export function createLog(folder: string, number: number): Log {
  return { number, file: join(folder, nameFile({ number, kind: "log" })), users: new Map(), bytes: 0 };
}

/** Replaces the manifest: whoever opens the tree finds the old one or the new one, whatever happens. */
export async function replaceManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = join(folder, "manifest");
  const text = `${JSON.stringify({ formatVersion: FORMAT_VERSION, ...manifest })}\n`;
  await writeFile(`${file}.new`, text, { flush: true });
  await rename(`${file}.new`, file);
  await syncFolder(folder);
}

/**
 * Reads a tree's folder, removes files that belong to nothing, and cuts off a torn last record.
 * @throws DamagedData for what no kill leaves: a bad record before the last one, a table or a manifest that is not there
 */
export async function recover(folder: string, log: (line: string) => void): Promise<TreeState> {
  const found = readdirSync(folder).flatMap((name) => parseFileName(name) ?? []);
  const files = found.sort((one, other) => one.number - other.number);
  const manifest = await readManifest(folder, files);
  const isNeeded = ({ number, kind }: FileName) =>
    kind === "log" ? number >= manifest.firstLog : manifest.tables.some((table) => table.number === number);
  for (const file of files) if (!isNeeded(file)) rmSync(join(folder, nameFile(file)));

  let nextNumber = (files.at(-1)?.number ?? 0) + 1;
  const logs = files
    .filter((file) => file.kind === "log" && isNeeded(file))
    .map(({ number }) => createLog(folder, number));
  for (const one of logs) await fillLog(one, one === logs.at(-1), log);
  if (logs.length === 0) logs.push(createLog(folder, nextNumber++));
  return { logs, tables: manifest.tables.map((facts) => openNamed(folder, facts)), nextNumber };
}

/** Reads the manifest. A new tree gets one before it has a table: a kill may leave a table that is not finished. */
async function readManifest(folder: string, files: readonly FileName[]): Promise<Manifest> {
  const file = join(folder, "manifest");
  if (!existsSync(file)) {
    if (files.some(({ kind }) => kind === "table"))
      throw new DamagedData(`${file} is missing; expected it beside the tables`);
    await replaceManifest(folder, { firstLog: 0, tables: [] });
  }
  try {
    const { formatVersion, ...manifest } = JSON.parse(readFileSync(file, "utf8"));
    if (formatVersion === FORMAT_VERSION && Array.isArray(manifest.tables)) return manifest;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DamagedData(`${file}: expected a manifest of format ${FORMAT_VERSION}`);
}

/** Reads what a log has. Only the last one can be torn: a full one is on the disk before there is another. */
async function fillLog(one: Log, isLast: boolean, log: (line: string) => void): Promise<void> {
  const { users, bytes, tornBytes } = await readLog(one.file);
  [one.users, one.bytes] = [users, bytes];
  if (tornBytes === 0) return;
  const place = `${one.file}, byte ${bytes}`;
  if (!isLast) throw new DamagedData(`${place}: a torn record; expected one in the last log only`);
  await cutLog(one);
  log(`${place}: ${tornBytes} bytes of a torn record dropped`);
}

function openNamed(folder: string, facts: TableFacts): Table {
  const file = join(folder, nameFile({ number: facts.number, kind: "table" }));
  if (!existsSync(file)) throw new DamagedData(`${file} is missing; the manifest has it`);
  return openTable(file, facts);
}
