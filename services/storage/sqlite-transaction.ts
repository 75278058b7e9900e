import type { DatabaseSync } from "node:sqlite";

/**
 * Runs statements as one transaction. It waits for its lock before it has written anything.
 * @param begin of all attached databases at once, or of each when a statement first touches it: then the first is to write
 * @returns what `run` returns
 * @throws what a statement threw; nothing of the transaction is there then
 */
export function runTransaction<T>(
  db: DatabaseSync,
  busyTimeoutMs: number,
  run: () => T,
  begin: "BEGIN IMMEDIATE" | "BEGIN" = "BEGIN IMMEDIATE",
): T {
  const deadlineMs = performance.now() + busyTimeoutMs;
  try {
    db.exec(begin);
    const result = run();
    // With a rollback journal the commit waits for readers, for what the beginning has left of the timeout.
    setBusyTimeout(db, deadlineMs - performance.now());
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // After a commit that another's lock has kept waiting for too long, too.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  } finally {
    setBusyTimeout(db, busyTimeoutMs);
  }
}

function setBusyTimeout(db: DatabaseSync, ms: number): void {
  db.exec(`PRAGMA busy_timeout = ${Math.max(0, Math.floor(ms))}`);
}
