// A history on disk: one JSON line per operation, written as operations end.
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { giveToOwnerOfFolder } from "../data/ownership.ts";
import { formatOperation, type Operation, parseOperation } from "./operation.ts";

/** Lines are handed to the file in pieces, lest each operation costs a system call. */
const PIECE_CHARACTERS = 64 * 1024;

export interface HistoryWriter extends AsyncDisposable {
  readonly path: string;
  readonly append: (operation: Operation) => void;
  /** Writes what is left and waits until the disk has it. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Creates the file of a history. @throws Error when there is one */
export async function createHistory(path: string): Promise<HistoryWriter> {
  const file = createWriteStream(path, { flags: "wx", flush: true });
  await once(file, "open");
  giveToOwnerOfFolder(path);
  let piece = "";
  return {
    path,
    append(operation) {
      piece += formatOperation(operation);
      if (piece.length < PIECE_CHARACTERS) return;
      file.write(piece);
      piece = "";
    },
    async [Symbol.asyncDispose]() {
      file.end(piece);
      piece = "";
      await finished(file);
    },
  };
}

/** Reads a history, one operation at a time: a long one need not fit into memory. */
export async function* readHistory(path: string): AsyncGenerator<Operation> {
  for await (const line of createInterface({ input: createReadStream(path) })) yield parseOperation(line);
}
