import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOpenFolder } from "../../lab/targets/postgres-place.ts";

export interface Folder extends Disposable {
  readonly path: string;
  readonly inFolder: (name: string) => string;
}

/** A folder that is gone after the test. A database server that is not root may enter it, and leaves nothing elsewhere. */
export function createFolder(): Folder {
  const path = makeOpenFolder(join(tmpdir(), "do-you-need-a-database-"));
  return {
    path,
    inFolder: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
