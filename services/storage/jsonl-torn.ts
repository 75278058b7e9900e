// Torn bytes of a users.jsonl are kept in users.jsonl.torn: one JSON object a line, with the place and the time.
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes of a line that was not written to its end. */
export interface Torn {
  /** Where they stand in users.jsonl. */
  readonly byte: number;
  readonly bytes: Buffer;
}

/** Keeps torn bytes of a file aside, and waits until the disk has them. */
export function keepAside(file: string, { byte, bytes }: Torn): void {
  const kept = { at: new Date().toISOString(), byte, base64: bytes.toString("base64") };
  // A line begins with a newline as well, because the one before may itself be torn.
  appendFileSync(`${file}.torn`, `\n${JSON.stringify(kept)}\n`, { flush: true });
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
}

/** Reads what was kept aside for a file. A line that was itself torn had not been acted on. */
export function readKept(file: string): Torn[] {
  if (!existsSync(`${file}.torn`)) return [];
  return readFileSync(`${file}.torn`, "utf8").split("\n").flatMap(parseKept);
}

function parseKept(line: string): Torn[] {
  try {
    const { byte, base64 } = JSON.parse(line) as { byte: number; base64: string };
    return [{ byte, bytes: Buffer.from(base64, "base64") }];
  } catch {
    return [];
  }
}
