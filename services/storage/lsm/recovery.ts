// What a start finds: the manifest's tables, the logs that no table has yet, and what a process that was killed has left over.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DamagedData } from "../faults.ts";
import type { User } from "../user.ts";
import { type LogContents, readLog } from "./log.ts";
import { cutFile } from "./log-file.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { openTable, type Table } from "./table.ts";
import { nameFile, parseFileName } from "./table-facts.ts";

export interface Recovered {
  readonly manifest: Manifest;
  /** Those of the manifest. */
  readonly tables: readonly Table[];
  /** The oldest first. */
  readonly logs: readonly RecoveredLog[];
  /** A number that no file has. */
  readonly nextNumber: number;
}

export interface RecoveredLog {
  readonly number: number;
  readonly users: Map<string, User>;
  readonly bytes: number;
}

/**
 * Reads a store's folder, removes files that belong to nothing, and cuts off a torn last record.
 * @throws DamagedData for what no kill leaves: a bad record before the last one, a table or a manifest that is not there
 */
export async function recover(folder: string, log: (line: string) => void): Promise<Recovered> {
  const names = readdirSync(folder);
  const files = names.flatMap((name) => parseFileName(name) ?? []);
  const found = readManifest(folder);
  if (found === null && files.some(({ kind }) => kind === "table"))
    throw new DamagedData(`${join(folder, "manifest")} is missing; expected it beside the tables`);
  const manifest = found ?? { firstLog: 0, tables: [] };

  const isTable = (number: number) => manifest.tables.some((table) => table.number === number);
  const isNeeded = ({ number, kind }: { readonly number: number; readonly kind: string }) =>
    kind === "table" ? isTable(number) : number >= manifest.firstLog;
  for (const { number, kind } of files.filter((file) => !isNeeded(file)))
    rmSync(join(folder, nameFile(number, kind as "log" | "table")));

  const numbers = files.filter((file) => file.kind === "log" && isNeeded(file)).map(({ number }) => number);
  const logs: RecoveredLog[] = [];
  for (const number of numbers.sort((one, other) => one - other))
    logs.push(
      await recoverLog(join(folder, nameFile(number, "log")), number, number === numbers.at(-1), log),
    );
  const tables = manifest.tables.map((facts) => openNamed(folder, facts));
  return { manifest, tables, logs, nextNumber: Math.max(0, ...files.map(({ number }) => number)) + 1 };
}

function openNamed(folder: string, facts: Manifest["tables"][number]): Table {
  const file = join(folder, nameFile(facts.number, "table"));
  try {
    return openTable(file, facts);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new DamagedData(`${file} is missing; the manifest has it`, { cause: error });
  }
}

async function recoverLog(
  file: string,
  number: number,
  isLast: boolean,
  log: (line: string) => void,
): Promise<RecoveredLog> {
  const { users, wholeBytes, tornBytes }: LogContents = await readLog(file);
  if (tornBytes > 0 && !isLast)
    throw new DamagedData(`${file}, byte ${wholeBytes}: a torn record; expected one in the last log only`);
  if (tornBytes > 0) {
    await cutFile(file, wholeBytes);
    log(`${file}, byte ${wholeBytes}: ${tornBytes} bytes of a torn record dropped`);
  }
  return { number, users: new Map(users.map((user) => [user.id, user])), bytes: wholeBytes };
}
