// Approaches that somebody has written beside ours, one file each. docs/OWN-APPROACH.md says how.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Approach, Approaches, Levels } from "./approaches/approach.ts";
import { approaches } from "./approaches/index.ts";
import { QUESTIONS } from "./storage/questions.ts";
import type { Batches, Durability } from "./storage/user-store.ts";

/** A file that is no approach. The message is one line: the file, what is wrong, what was expected. */
export class ApproachFileError extends Error {
  override readonly name = "ApproachFileError";
}

/** Names that a file cannot have: of our rows, and of the folder beside theirs that has the users for all of them. */
const TAKEN = [...Object.keys(approaches), "seeded"];
const NEEDS = {
  "users.jsonl": true,
  "users.idx": true,
  "users.db": true,
  store: true,
  database: true,
} satisfies Record<Approach["needs"][number], true>;
const DURABILITIES = { nothing: true, process: true, power: true } satisfies Record<Durability, true>;
const BATCHES = { atomic: true, naive: true, none: true } satisfies Record<Batches, true>;

const SET_LEVELS = { none: true, process: true, power: true } satisfies Record<keyof Levels, true>;

interface Field {
  readonly expected: string;
  readonly isOptional?: true;
  readonly isRight: (value: unknown, row: Readonly<Record<string, unknown>>) => boolean;
}

const FLAG: Field = { expected: "true or false", isRight: (value) => typeof value === "boolean" };
const MARK: Field = { expected: "true, or nothing", isOptional: true, isRight: (value) => value === true };

const FIELDS: Readonly<Record<Exclude<keyof Approach, "file">, Field>> = {
  summary: {
    expected: "what stores the users, in one line",
    isRight: (value) => typeof value === "string" && /^.*\S.*$/.test(value),
  },
  load: {
    expected: "an async function that returns the function that opens the store",
    isRight: (value) => typeof value === "function",
  },
  stores: FLAG,
  writes: FLAG,
  needs: {
    expected: `an array of ${quoteKeys(NEEDS)}; with one of them where it stores users, and "users.idx" only beside "users.jsonl"`,
    isRight: (value, { stores }) =>
      Array.isArray(value) &&
      value.every((need) => typeof need === "string" && Object.hasOwn(NEEDS, need)) &&
      (value.length > 0 || stores === false) &&
      (value.includes("users.jsonl") || !value.includes("users.idx")),
  },
  durability: {
    expected: `one of ${quoteKeys(DURABILITIES)}`,
    isRight: (value) => typeof value === "string" && Object.hasOwn(DURABILITIES, value),
  },
  levels: {
    expected: `an object of ${quoteKeys(SET_LEVELS)}, each one of ${quoteKeys(DURABILITIES)}, or nothing`,
    isOptional: true,
    isRight: (value) =>
      typeof value === "object" &&
      value !== null &&
      Object.entries(value).every(
        ([level, durability]) =>
          Object.hasOwn(SET_LEVELS, level) && Object.hasOwn(DURABILITIES, String(durability)),
      ),
  },
  batches: {
    expected: `one of ${quoteKeys(BATCHES)}, or nothing, which is "none"`,
    isOptional: true,
    isRight: (value) => typeof value === "string" && Object.hasOwn(BATCHES, value),
  },
  maxIdBytes: {
    expected: "a whole number of bytes from 36, or nothing",
    isOptional: true,
    isRight: (value) => Number.isSafeInteger(value) && Number(value) >= 36,
  },
  clustered: { ...FLAG, expected: "true or false, or nothing", isOptional: true },
  indexed: MARK,
  answers: {
    expected: `an array of ${QUESTIONS.map((name) => `"${name}"`).join(", ")}, or nothing`,
    isOptional: true,
    isRight: (value) =>
      Array.isArray(value) && value.every((name) => (QUESTIONS as readonly unknown[]).includes(name)),
  },
  isExclusive: MARK,
  variantOf: {
    expected: "the name of the approach that it is another form of, or nothing",
    isOptional: true,
    isRight: (value) => typeof value === "string" && value !== "",
  },
};

/** Splits a list of files at its commas. */
export function splitPaths(text: string): string[] {
  return text
    .split(",")
    .map((path) => path.trim())
    .filter(Boolean);
}

/**
 * Loads approaches from their files: the row that each exports as `approach`, under the name of the file.
 * @param paths absolute, or from the current folder
 * @throws ApproachFileError for the first that is no approach
 */
export async function loadOwnApproaches(paths: readonly string[]): Promise<Approaches> {
  const rows: Record<string, Approach> = {};
  for (const path of paths) {
    const name = nameApproach(path);
    if (TAKEN.includes(name) || Object.hasOwn(rows, name)) {
      throw new ApproachFileError(
        `${path}: the name ${name} is taken; expected a file with another name than ${[...TAKEN, ...Object.keys(rows)].join(", ")}`,
      );
    }
    rows[name] = await loadRow(path);
  }
  return rows;
}

/** Returns the name of a file without its ending. */
function nameApproach(path: string): string {
  const { name, ext } = parse(path);
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && /^\.m?[jt]s$/.test(ext)) return name;
  throw new ApproachFileError(
    `${path}: the approach has the name of its file; expected one like my-store.ts: small letters, digits and hyphens, then .ts, .mts, .js or .mjs`,
  );
}

async function loadRow(path: string): Promise<Approach> {
  const file = resolve(path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new ApproachFileError(`${path}: there is no file ${file}`);
  const exported = await attempt(`${path} cannot be loaded`, () => import(pathToFileURL(file).href));
  const row = exported.approach;
  if (typeof row !== "object" || row === null) {
    const names = Object.keys(exported).join(", ") || "nothing";
    const found = row === undefined ? `it exports ${names}` : `approach is ${describe(row)}`;
    throw new ApproachFileError(`${path}: ${found}; expected an object, exported as approach`);
  }
  for (const [name, { expected, isOptional, isRight }] of Object.entries(FIELDS)) {
    if (isRight(row[name], row) || (isOptional && row[name] === undefined)) continue;
    throw new ApproachFileError(`${path}: approach.${name} is ${describe(row[name])}; expected ${expected}`);
  }
  const open = await attempt(`${path}: approach.load() fails`, row.load);
  if (typeof open !== "function") {
    throw new ApproachFileError(
      `${path}: approach.load() returns ${describe(open)}; expected a promise of the function that opens the store`,
    );
  }
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  return { ...row, file: { path, sha256 } };
}

/** Runs somebody's code. @throws ApproachFileError with what went wrong, and in which line if it is no JavaScript */
async function attempt<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { message = String(error), stack = "" } = error instanceof Error ? error : {};
    const [reason] = message.split("\n");
    const line = /^\S*:(\d+)\n/.exec(stack)?.[1];
    throw new ApproachFileError(`${what}: ${reason}${line === undefined ? "" : ` (line ${line})`}`, {
      cause: error,
    });
  }
}

function quoteKeys(names: object): string {
  return Object.keys(names)
    .map((name) => JSON.stringify(name))
    .join(", ");
}

function describe(value: unknown): string {
  return typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
}
