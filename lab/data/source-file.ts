// The data file that is read: opened once, and known again later.
import { type BigIntStats, closeSync, fstatSync, openSync, realpathSync, statSync } from "node:fs";

export interface SourceFile extends Disposable {
  /** As the caller named it, for messages. */
  readonly name: string;
  /** Where the file itself is, past symbolic links: what a rename must replace. */
  readonly path: string;
  readonly fd: number;
  readonly sizeBytes: number;
  /** @throws Error when the path no longer leads to the file as it was when it was opened */
  assertUnchanged(): void;
}

/** Opens a data file for reading.
 * @throws Error in one line when it does not exist or is not a file */
export function openSource(name: string): SourceFile {
  const path = findFile(name);
  const fd = openSync(path, "r");
  const before = fstatSync(fd, { bigint: true });
  return {
    name,
    path,
    fd,
    sizeBytes: Number(before.size),
    assertUnchanged: () => {
      if (!isSame(before, statSync(path, { bigint: true, throwIfNoEntry: false })))
        throw new Error(`${name}: changed while it was being read; stop its writers and try again`);
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

function findFile(name: string): string {
  const stats = statSync(name, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`${name}: no such file`);
  if (!stats.isFile()) throw new Error(`${name}: not a file`);
  return realpathSync(name);
}

function isSame(before: BigIntStats, after: BigIntStats | undefined): boolean {
  return (
    after !== undefined &&
    before.dev === after.dev &&
    before.ino === after.ino &&
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs
  );
}
