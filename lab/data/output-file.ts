// Writing a new file through one buffer.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

const BUFFER_BYTES = 1024 * 1024;
/** UTF-8 takes at most this many bytes for one UTF-16 code unit. */
const UTF8_MAX_BYTES = 3;

export interface OutputFile extends Disposable {
  /** Bytes written so far: where the next one will stand in the file. */
  offsetBytes(): number;
  writeBytes(bytes: Uint8Array, start: number, end: number): void;
  writeText(text: string): void;
  /** Writes what is left, waits until the disk has all of it, and closes. */
  finish(): void;
  /** Does the same without waiting for the disk, for a file that nobody needs after a crash. */
  finishUnsynced(): void;
}

/** Creates a file, which must not exist. */
export function createOutput(path: string): OutputFile {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const fd = openSync(path, "wx");
  let isOpen = true;
  let used = 0;
  let flushedBytes = 0;

  function flush(): void {
    writeAll(fd, buffer.subarray(0, used));
    flushedBytes += used;
    used = 0;
  }

  function writeBytes(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > BUFFER_BYTES - used) flush();
    if (end - start > BUFFER_BYTES) {
      writeAll(fd, bytes.subarray(start, end));
      flushedBytes += end - start;
    } else {
      buffer.set(bytes.subarray(start, end), used);
      used += end - start;
    }
  }

  function writeText(text: string): void {
    if (text.length * UTF8_MAX_BYTES > BUFFER_BYTES) {
      const bytes = Buffer.from(text);
      writeBytes(bytes, 0, bytes.length);
      return;
    }
    if (text.length * UTF8_MAX_BYTES > BUFFER_BYTES - used) flush();
    used += buffer.write(text, used);
  }

  function close(): void {
    if (isOpen) closeSync(fd);
    isOpen = false;
  }

  return {
    offsetBytes: () => flushedBytes + used,
    writeBytes,
    writeText,
    finish: () => {
      flush();
      fsyncSync(fd);
      close();
    },
    finishUnsynced: () => {
      flush();
      close();
    },
    [Symbol.dispose]: close,
  };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}
