// SQLite's write-ahead log cut in its last three commits, as a kill or a power cut leaves it: the commits before the cut
// are there, the others are not, and the database is whole.
import { copyFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import type { User } from "../../services/storage/user.ts";
import { createTableOf } from "../../services/storage/users-table.ts";
import { checkCut, tryPlaces } from "./cut.ts";
import type { Finding, Stage, Subject } from "./experiment.ts";

const COMMITS = 8;
const CUT_COMMITS = 3;
/** The smallest pages that there are, so that there are fewer places to cut. */
const PAGE_BYTES = 512;
const FRAME_BYTES = PAGE_BYTES + 24;
/** In the short form every so many-th byte, and both sides of each border of a frame. */
const SHORT_STEP_BYTES = 41;

interface Log {
  readonly users: User[];
  readonly database: Buffer;
  readonly log: Buffer;
  /** Bytes of the log when each of the users had been committed. */
  readonly endBytes: number[];
}

export async function tearLog(subject: Subject, stage: Stage): Promise<Finding> {
  const folder = mkdtempSync(join(stage.folder, "tear-"));
  const { users, database, log, endBytes } = writeLog(folder, createTableOf(subject.row));
  const first = endBytes[COMMITS - CUT_COMMITS - 1] as number;
  const places = Array.from({ length: log.length - first + 1 }, (_, index) => first + index).filter(
    (byte) => stage.isFull || byte % SHORT_STEP_BYTES === 0 || isAtBorder(byte - first),
  );
  const tryOne = async (cut: number, own: string) => {
    writeFileSync(join(own, "users.db"), database);
    writeFileSync(join(own, "users.db-wal"), log.subarray(0, cut));
    const kept = users.filter((_, index) => (endBytes[index] as number) <= cut);
    const fault = await checkCut(subject, own, { kept, gone: users.slice(kept.length) });
    return fault ?? checkIntegrity(join(own, "users.db"));
  };
  return tryPlaces(stage, places, tryOne, "cuts of its log");
}

function isAtBorder(bytes: number): boolean {
  return [0, 1, FRAME_BYTES - 1].includes(bytes % FRAME_BYTES);
}

/** Commits users one by one, and copies both files before SQLite would merge them. */
function writeLog(folder: string, createTable: string): Log {
  const file = join(folder, "whole.db");
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0`);
    db.exec(createTable);
    const insert = db.prepare("INSERT INTO users (id, name, email, created_at) VALUES (?, ?, ?, ?)");
    const endBytes: number[] = [];
    const users = Array.from({ length: COMMITS }, (_, index) => seededUser(DEFAULT_SEED, index));
    for (const { id, name, email, created_at } of users) {
      insert.run(id, name, email, created_at);
      endBytes.push(statSync(`${file}-wal`).size);
    }
    copyFileSync(file, `${file}.copy`);
    return { users, database: readFileSync(`${file}.copy`), log: readFileSync(`${file}-wal`), endBytes };
  } finally {
    db.close();
  }
}

/** Returns what SQLite finds wrong with a database. */
export function checkIntegrity(file: string): string | null {
  const db = new DatabaseSync(file);
  try {
    const found = Object.values(db.prepare("PRAGMA integrity_check").get() ?? {})[0];
    return found === "ok" ? null : `integrity_check: ${found}`;
  } finally {
    db.close();
  }
}
