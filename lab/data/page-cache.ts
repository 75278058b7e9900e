// Reading data before it is measured, so that what a trial finds in the page cache does not depend on who came before.
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Reads every file of a folder once. */
export async function readFolder(folder: string, signal: AbortSignal): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const source = createReadStream(join(folder, entry.name), { highWaterMark: 1 << 20 });
    await pipeline(source, nowhere, { signal });
  }
}
