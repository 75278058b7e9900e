// Sorted runs: temporary files of records in id order. One record is
//
//   bytes 0..3   length of the line in bytes, unsigned, little endian
//   bytes 4..7   where the id starts, counted from the start of the line
//   bytes 8..11  length of the id in bytes
//   then         the line without its end; then the id, when it starts where the line ends
import { closeSync, openSync, readSync } from "node:fs";
import { sortKey } from "../../services/storage/sort-key.ts";
import type { SortedRecords } from "./merge.ts";
import { createOutput } from "./output-file.ts";
import { createView, isUsualShape, type RecordView } from "./record-view.ts";

const HEADER_BYTES = 12;

export interface RunWriter extends Disposable {
  write(record: RecordView): void;
  finish(): void;
}

export function createRun(path: string): RunWriter {
  const output = createOutput(path);
  const header = Buffer.alloc(HEADER_BYTES);
  return {
    write: (record) => {
      const { bytes, lineStart, lineEnd, idStart, idEnd } = record;
      const isInLine = isUsualShape(record);
      header.writeUInt32LE(lineEnd - lineStart, 0);
      header.writeUInt32LE(isInLine ? idStart - lineStart : lineEnd - lineStart, 4);
      header.writeUInt32LE(idEnd - idStart, 8);
      output.writeBytes(header, 0, HEADER_BYTES);
      output.writeBytes(bytes, lineStart, lineEnd);
      if (!isInLine) output.writeBytes(bytes, idStart, idEnd);
    },
    finish: output.finishUnsynced,
    [Symbol.dispose]: output[Symbol.dispose],
  };
}

export type RunReader = SortedRecords & Disposable;

/** Opens a run for reading. Takes `bufferBytes` of memory, or what its longest record needs. */
export function openRun(path: string, bufferBytes: number): RunReader {
  const fd = openSync(path, "r");
  const view = createView();
  let buffer: Buffer = Buffer.allocUnsafeSlow(bufferBytes);
  let at = 0;
  let end = 0;

  /** Makes `bytes` bytes available at `at`. Returns false when the file has no more. */
  function need(bytes: number): boolean {
    if (end - at >= bytes) return true;
    const larger = bytes > buffer.length ? Buffer.allocUnsafeSlow(bytes) : buffer;
    buffer.copy(larger, 0, at, end);
    buffer = larger;
    end -= at;
    at = 0;
    while (end < bytes) {
      const filled = readSync(fd, buffer, end, buffer.length - end, null);
      if (filled === 0) return false;
      end += filled;
    }
    return true;
  }

  const reader = {
    view,
    key: 0,
    advance: () => {
      if (!need(HEADER_BYTES)) return false;
      const lineBytes = buffer.readUInt32LE(at);
      const idStart = buffer.readUInt32LE(at + 4);
      const idEnd = idStart + buffer.readUInt32LE(at + 8);
      const recordBytes = HEADER_BYTES + Math.max(lineBytes, idEnd);
      if (!need(recordBytes)) throw new Error(`${path}: ends in the middle of a record`);
      view.bytes = buffer;
      view.lineStart = at + HEADER_BYTES;
      view.lineEnd = view.lineStart + lineBytes;
      view.idStart = view.lineStart + idStart;
      view.idEnd = view.lineStart + idEnd;
      reader.key = sortKey(buffer, view.idStart, view.idEnd);
      at += recordBytes;
      return true;
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
  return reader;
}
