// users.jsonl and users.idx as a pair of open files, and reading a record where the index says that it is.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DamagedData } from "./faults.ts";
import { parseUser, type User } from "./user.ts";

const RECORD_READ_BYTES = 1024;
const NEWLINE = 0x0a;

/** Both files, open. */
export interface Files {
  readonly indexFd: number;
  readonly dataFd: number;
  readonly indexBytes: number;
}

/** Opens both files. Without an index there is nothing to find: returns undefined. */
export function openFiles(indexFile: string, dataFile: string): Files | undefined {
  const indexFd = openIfExists(indexFile);
  if (indexFd === undefined) return undefined;
  try {
    return { indexFd, dataFd: openSync(dataFile, "r"), indexBytes: fstatSync(indexFd).size };
  } catch (error) {
    closeSync(indexFd);
    throw error;
  }
}

/** Runs with both files open. Without an index returns undefined. */
export function withFiles<T>(indexFile: string, dataFile: string, run: (files: Files) => T): T | undefined {
  const files = openFiles(indexFile, dataFile);
  if (files === undefined) return undefined;
  try {
    return run(files);
  } finally {
    closeSync(files.dataFd);
    closeSync(files.indexFd);
  }
}

function openIfExists(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @throws DamagedData when the record at this offset is not that of the id */
export function readRecord(dataFd: number, id: string, offset: number): { user: User; bytes: number } {
  let record = Buffer.allocUnsafe(RECORD_READ_BYTES);
  let filled = 0;
  let end = -1;
  while (true) {
    const bytesRead = readSync(dataFd, record, filled, record.length - filled, offset + filled);
    end = record.subarray(0, filled + bytesRead).indexOf(NEWLINE, filled);
    filled += bytesRead;
    if (end !== -1 || bytesRead === 0) break;
    if (filled === record.length) record = Buffer.concat([record], record.length * 2);
  }
  try {
    const user = parseUser(record.toString("utf8", 0, end === -1 ? filled : end));
    if (user.id !== id) throw new SyntaxError(`expected id ${id}, found ${user.id}`);
    return { user, bytes: end === -1 ? filled : end + 1 };
  } catch (error) {
    throw new DamagedData(`users.jsonl, byte ${offset}: ${(error as Error).message}`, { cause: error });
  }
}
