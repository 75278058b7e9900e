import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Folder extends Disposable {
  readonly path: string;
  readonly inFolder: (name: string) => string;
}

/** A folder that is gone after the test. */
export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "do-you-need-a-database-"));
  return {
    path,
    inFolder: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
