import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { User } from "../../services/storage/user.ts";
import { createFolder } from "./folder.ts";
import { toLines } from "./users.ts";

export interface TornFile extends Disposable {
  readonly file: string;
  /** Where the torn bytes begin. */
  readonly byte: number;
}

/** Writes a users.jsonl that ends with these bytes after its last newline. */
export function createTornFile(users: readonly User[], tail: string): TornFile {
  const folder = createFolder();
  const file = folder.inFolder("users.jsonl");
  writeFileSync(file, toLines(users) + tail);
  return { file, byte: Buffer.byteLength(toLines(users)), [Symbol.dispose]: folder[Symbol.dispose] };
}

/** What was kept aside for a file: users.jsonl.torn, without the lines that were themselves torn. */
export function readAside(file: string): { byte: number; bytes: Buffer }[] {
  if (!existsSync(`${file}.torn`)) return [];
  const lines = readFileSync(`${file}.torn`, "utf8").split("\n");
  return lines
    .filter((line) => line.startsWith("{") && line.endsWith('"}'))
    .map((line) => JSON.parse(line) as { byte: number; base64: string })
    .map(({ byte, base64 }) => ({ byte, bytes: Buffer.from(base64, "base64") }));
}

/** Reads bytes as lines of JSON; blank ones are none. */
export function linesOf(bytes: Buffer): unknown[] {
  return bytes
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
}
