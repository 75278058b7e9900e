// One at a time: two benches on one machine would measure each other.
//
// The lock is SQLite's, a lock of the operating system on a file. It ends with its process, whatever ends that, and it
// holds between containers, where a number of a process says nothing.
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/**
 * Takes the lock of a data folder for this process.
 * @throws Error that names the process which holds it
 */
export function lockData(root: string): Disposable {
  mkdirSync(root, { recursive: true });
  const file = join(root, "lock.db");
  const database = new DatabaseSync(file);
  try {
    // Readers can still see who it is.
    database.exec("BEGIN IMMEDIATE");
    database.exec("CREATE TABLE IF NOT EXISTS holder (name TEXT)");
    database.exec("DELETE FROM holder");
    database.prepare("INSERT INTO holder VALUES (?)").run(`process ${process.pid} of ${hostname()}`);
    database.exec("COMMIT; BEGIN IMMEDIATE");
  } catch (error) {
    const holder = readHolder(database);
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new Error(`${root} is in use by ${holder} (${file}); two benches would measure each other`);
  }
  return { [Symbol.dispose]: () => database.close() };
}

function readHolder(database: DatabaseSync): string {
  try {
    return String(database.prepare("SELECT name FROM holder").get()?.name);
  } catch {
    return "another process"; // It has not written its name yet.
  }
}
