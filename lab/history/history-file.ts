// A history on disk: one JSON line per operation, written as operations end, compressed when it has ended.
import { once } from "node:events";
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { finished, pipeline } from "node:stream/promises";
import { constants, createGunzip, createGzip } from "node:zlib";
import { giveToOwnerOfFolder } from "../data/ownership.ts";
import { formatOperation, type Operation, parseOperation } from "./operation.ts";

/** Lines are handed to the file in pieces, lest each operation costs a system call. */
const PIECE_CHARACTERS = 64 * 1024;
/** So much may wait for the disk before those who append wait as well. */
const WAITING_BYTES = 1024 * 1024;

export interface HistoryWriter extends AsyncDisposable {
  readonly path: string;
  /** Keeps an operation in memory until its piece is full. Whoever goes on waits for what it returns: while the disk lags
   * behind, a promise. */
  readonly append: (operation: Operation) => Promise<void> | undefined;
  /** Writes what is left and waits until the disk has it. @throws Error what went wrong with the file, then or before */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Creates the file of a history. @throws Error when there is one */
export async function createHistory(path: string): Promise<HistoryWriter> {
  const file = createWriteStream(path, { flags: "wx", flush: true, highWaterMark: WAITING_BYTES });
  await once(file, "open");
  giveToOwnerOfFolder(path);
  // A full disk is reported when the history ends, where whoever uses it can stop what it has started.
  let failure: Error | null = null;
  file.on("error", (error) => {
    failure ??= error;
  });
  let piece = "";
  let lag: Promise<void> | undefined;
  /** Lasts until the file has taken what was written, or has failed. */
  async function waitForDrain(): Promise<void> {
    await once(file, "drain").catch(() => {});
    lag = undefined;
  }
  return {
    path,
    append(operation) {
      // What comes after a failure is of no use.
      if (failure !== null) return undefined;
      piece += formatOperation(operation);
      if (piece.length < PIECE_CHARACTERS) return lag;
      const hasRoom = file.write(piece);
      piece = "";
      if (!hasRoom) lag ??= waitForDrain();
      return lag;
    },
    async [Symbol.asyncDispose]() {
      if (failure === null) file.end(piece);
      piece = "";
      await finished(file).catch((error: Error) => {
        throw failure ?? error;
      });
    },
  };
}

/** Compresses a history that has ended, to about a tenth. Returns its path, and removes the other. */
export async function compressHistory(path: string): Promise<string> {
  const compressed = `${path}.gz`;
  const file = createWriteStream(compressed, { flags: "wx", flush: true });
  await pipeline(createReadStream(path), createGzip({ level: constants.Z_BEST_SPEED }), file);
  giveToOwnerOfFolder(compressed);
  rmSync(path);
  return compressed;
}

/** Reads a history, compressed or not, one operation at a time: a long one need not fit into memory. */
export async function* readHistory(path: string): AsyncGenerator<Operation> {
  const file = createReadStream(path);
  const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  for await (const line of createInterface({ input })) yield parseOperation(line);
}
