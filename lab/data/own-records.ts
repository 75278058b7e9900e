// A person's own records: a file of JSON objects, one per line, each with a string as its key. The file is only read.
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import type { Approach } from "../../services/approaches/approach.ts";
import { isIndexableId } from "../../services/storage/index-entry.ts";
import { UNASKED_IDS } from "../../services/storage/questions.ts";
import type { User } from "../../services/storage/user.ts";
import { byName, object } from "../shape.ts";
import { createOutput } from "./output-file.ts";
import { openSource } from "./source-file.ts";
import { readTextLines } from "./text-lines.ts";

/** What a file of records is, once every line of it has been checked. */
export const ownRecordsShape = object({
  /** As it was given. */
  path: z.string(),
  /** The field that is the key. */
  key: z.string(),
  /** Of the file. */
  sha256: z.string(),
  records: z.int(),
  /** Sizes of records as they stand in the file. */
  bytes: object({ mean: z.number(), p50: z.int(), p90: z.int(), p99: z.int(), max: z.int() }),
  /** The longest record, in UTF-16 code units. */
  longestRecord: z.int(),
  longestKeyBytes: z.int(),
  /** Whether every key fits an entry of users.idx. */
  areKeysIndexable: z.boolean(),
  /** Approaches that were asked for and cannot take them, and why. */
  refusals: byName(z.string()),
});
export type OwnRecords = z.infer<typeof ownRecordsShape>;

/** So often a signal is listened to. */
const LINES_PER_PAUSE = 10_000;
/** An id is a part of a path, and has to fit the head of a request even where every byte takes three. */
const MAX_KEY_BYTES = 10_000;
/** As a part of a path they are steps, however they are encoded: a client that follows the URL standard takes them out before it asks. */
const STEPS = [".", ".."];
/** A row of PostgreSQL's index has to fit a third of a page of 8 kB. */
const MAX_DATABASE_KEY_BYTES = 2_600;
/** Of users.jsonl, where nothing else is known of a record. */
const CREATED_AT = "1970-01-01T00:00:00.000Z";
const RECORD_EMAIL = "record@lab.example";

/**
 * Reads a line as a user whose id is the record's key and whose name is the record itself, as it stands.
 * @throws Error that says what was expected
 */
export function parseOwnRecord(line: string, key: string): User {
  const record = parseObject(line);
  const id = Object.hasOwn(record, key) ? record[key] : undefined;
  if (typeof id !== "string" || id === "")
    throw new Error(`expected a string that is not empty in ${JSON.stringify(key)}`);
  if (UNASKED_IDS.includes(id))
    throw new Error(
      `expected another key than ${JSON.stringify(id)}, for /users/${id} is a question of its own`,
    );
  if (STEPS.includes(id))
    throw new Error(
      `expected another key than ${JSON.stringify(id)}, which is a step in a URL: fetch and curl do not ask for /users/${id}`,
    );
  if (Buffer.byteLength(id) > MAX_KEY_BYTES)
    throw new Error(`expected a key of at most ${MAX_KEY_BYTES} bytes`);
  // No store keeps these faithfully: PostgreSQL refuses NUL, and half of a surrogate pair has no UTF-8.
  if (id.includes("\0") || !id.isWellFormed())
    throw new Error("expected a key without NUL and without half of a surrogate pair");
  return { id, name: line, email: RECORD_EMAIL, created_at: CREATED_AT };
}

function parseObject(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Error(`expected a JSON object (${(error as Error).message})`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("expected a JSON object");
  return value as Record<string, unknown>;
}

/**
 * Checks every line of a file and describes it. Blank lines are skipped.
 * @throws Error that names file and line, and says what was expected: an object, a key that is a string and that no
 * other line has
 */
export async function describeOwnRecords(file: string, key: string): Promise<Omit<OwnRecords, "refusals">> {
  const keys = new Set<string>();
  const sizes: number[] = [];
  let [longestKeyBytes, longestRecord, areKeysIndexable] = [0, 0, true];
  const sha256 = await readRecords(file, key, ({ id, name }) => {
    if (keys.has(id))
      throw new Error(`expected a key that no line before has, found ${JSON.stringify(id)} again`);
    keys.add(id);
    sizes.push(Buffer.byteLength(name));
    longestKeyBytes = Math.max(longestKeyBytes, Buffer.byteLength(id));
    longestRecord = Math.max(longestRecord, name.length);
    areKeysIndexable &&= isIndexableId(id);
  });
  if (sizes.length === 0) throw new Error(`${file}: expected at least one record, found none`);
  const sorted = Float64Array.from(sizes).sort();
  const percentile = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] as number;
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const bytes = {
    mean,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p99: percentile(0.99),
    max: percentile(1),
  };
  return {
    ...{ path: file, key, sha256, records: sizes.length, bytes },
    ...{ longestKeyBytes, areKeysIndexable, longestRecord },
  };
}

/** Writes users.jsonl and ids.json of these records into a folder.
 * @throws Error when the file is not the one that was described any more */
export async function writeOwnUsers(
  { path, key, sha256 }: OwnRecords,
  usersFile: string,
  idsFile: string,
): Promise<void> {
  using users = createOutput(usersFile);
  using ids = createOutput(idsFile);
  let separator = "[";
  const found = await readRecords(path, key, (user) => {
    users.writeText(`${JSON.stringify(user)}\n`);
    ids.writeText(`${separator}${JSON.stringify(user.id)}`);
    separator = ",";
  });
  if (found !== sha256)
    throw new Error(`${path}: changed while it was being read; stop its writers and try again`);
  ids.writeText("]\n");
  users.finish();
  ids.finish();
}

/** Calls back for every record, and returns the SHA-256 of the file. */
async function readRecords(file: string, key: string, onUser: (user: User) => void): Promise<string> {
  using source = openSource(file);
  const hash = createHash("sha256");
  for (const { number, text } of readTextLines(source.fd, (bytes) => hash.update(bytes))) {
    if (number % LINES_PER_PAUSE === 0) await setImmediate();
    try {
      if (text === null) throw new Error("expected UTF-8");
      const record = text.trim();
      if (record !== "") onUser(parseOwnRecord(record, key));
    } catch (error) {
      throw new Error(`${file}:${number}: ${(error as Error).message}`, { cause: error });
    }
  }
  source.assertUnchanged();
  return hash.digest("hex");
}

/** Says why an approach cannot take these records; null where it can. */
export function findRefusal(
  { needs, maxIdBytes = MAX_KEY_BYTES }: Pick<Approach, "needs" | "maxIdBytes">,
  records: Pick<OwnRecords, "areKeysIndexable" | "longestKeyBytes">,
): string | null {
  if (needs.includes("users.idx") && !records.areKeysIndexable)
    return "its index takes keys of 1 to 36 printable ASCII characters without spaces, and not all are";
  const limit = needs.includes("database") ? Math.min(maxIdBytes, MAX_DATABASE_KEY_BYTES) : maxIdBytes;
  if (records.longestKeyBytes > limit)
    return `it takes keys of up to ${limit} bytes, and the longest has ${records.longestKeyBytes}`;
  return null;
}

/** Stands for the seed of users that have none: manifests tell the records of one file from those of another by it. */
export function seedOfRecords({ sha256 }: Pick<OwnRecords, "sha256">): number {
  return Number.parseInt(sha256.slice(0, 8), 16);
}
