// One process at a time for a folder of files that only one may write.
//
// The lock is SQLite's: a lock of the operating system on a file, which Node.js has no other way to take. It ends with its process,
// whatever ends that, and holds between containers. docs/decisions/0023-lsm.md has what else was thought of.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./sqlite-connection.ts";

/**
 * Takes the lock of a folder for this process, until it is disposed of.
 * @throws Error that names the folder when another process, or another store of this one, has it
 */
export function lockFolder(folder: string): Disposable {
  const file = join(folder, "lock");
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Nothing is ever written: the file stays empty.
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    const reason = isBusy(error) ? "another process has this store open" : (error as Error).message;
    throw new Error(`${file}: ${reason}; expected to be the only one`, { cause: error });
  }
  return { [Symbol.dispose]: () => database.close() };
}
