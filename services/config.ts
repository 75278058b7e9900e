// The settings of a service. The only place that reads the environment.
import { readFileSync } from "node:fs";
import type { Approach, Approaches } from "./approaches/approach.ts";
import { approaches } from "./approaches/index.ts";
import { MAX_NAME_CHARACTERS, MAX_NAME_LIMIT } from "./http/limits.ts";
import { ApproachFileError, loadOwnApproaches, splitPaths } from "./own-approaches.ts";
import {
  LEVELS,
  type Level,
  SQLITE_JOURNAL_MODES,
  SQLITE_SYNCHRONOUS,
  type SqliteSettings,
} from "./storage/user-store.ts";

/** A setting that is missing or wrong. The message is one line: name, value, what was expected. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Setting<T> {
  readonly expected: string;
  /** The text that stands in for an unset variable; without it the variable is required. */
  readonly fallback?: string;
  /** Returns undefined for a text that is not what was expected. */
  readonly parse: (text: string) => T | undefined;
}

function integerBetween(min: number, max: number): Pick<Setting<number>, "expected" | "parse"> {
  return {
    expected: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

function oneOf<T extends string>(words: readonly T[]): Pick<Setting<T>, "expected" | "parse"> {
  return {
    expected: `one of ${words.join(", ")}`,
    parse: (text) => words.find((word) => word === text),
  };
}

function isPostgresUrl(text: string): boolean {
  try {
    const { username, password, host } = new URL(text);
    // The driver decodes what URL leaves as it is.
    for (const part of [username, password, host]) decodeURIComponent(part);
    return /^postgres(ql)?:\/\/./.test(text);
  } catch {
    return false;
  }
}

const listSettings = (table: Approaches) => ({
  APPROACH: oneOf(Object.keys(table)) satisfies Setting<string>,
  PORT: { ...integerBetween(0, 65535), fallback: "8081" } satisfies Setting<number>,
  HOST: {
    expected: "an address to listen on",
    fallback: "127.0.0.1",
    parse: (text) => (/\s/.test(text) || text === "" ? undefined : text),
  } satisfies Setting<string>,
  DATA_DIR: {
    expected: "the folder of users.jsonl, users.idx or users.db",
    fallback: ".",
    parse: (text) => text || undefined,
  } satisfies Setting<string>,
  DATABASE_URL: {
    expected: "postgres://user:password@host:port/database",
    fallback: "",
    parse: (text) => (text === "" || isPostgresUrl(text) ? text : undefined),
  } satisfies Setting<string>,
  MAX_NAME_CHARACTERS: {
    ...integerBetween(1, MAX_NAME_LIMIT),
    fallback: String(MAX_NAME_CHARACTERS),
  } satisfies Setting<number>,
  DURABILITY: { ...oneOf(LEVELS), fallback: "lesson" } satisfies Setting<string>,
  SQLITE_BUSY_TIMEOUT_MS: { ...integerBetween(0, 600_000), fallback: "1000" } satisfies Setting<number>,
  SQLITE_JOURNAL_MODE: { ...oneOf(SQLITE_JOURNAL_MODES), fallback: "wal" } satisfies Setting<string>,
  SQLITE_SYNCHRONOUS: { ...oneOf(SQLITE_SYNCHRONOUS), fallback: "full" } satisfies Setting<string>,
});

type Settings = ReturnType<typeof listSettings>;
/** The settings by the names of their variables. */
export type Config = Readonly<{
  [K in keyof Settings]: Exclude<ReturnType<Settings[K]["parse"]>, undefined>;
}>;

/**
 * Returns our approaches, and those of the files that APPROACHES_PATH names.
 * @throws ConfigError for the first file that is no approach
 */
export async function readApproaches(env: Environment): Promise<Approaches> {
  try {
    return { ...approaches, ...(await loadOwnApproaches(splitPaths(env.APPROACHES_PATH ?? ""))) };
  } catch (error) {
    throw error instanceof ApproachFileError ? new ConfigError(`APPROACHES_PATH: ${error.message}`) : error;
  }
}

/**
 * Reads the settings. The connection string may also be in the file that DATABASE_URL_FILE names, as secrets are
 * given to containers.
 * @throws ConfigError for the first that is missing or wrong
 */
export function readConfig(env: Environment, table: Approaches): Config {
  const file = env.DATABASE_URL_FILE;
  if (file === undefined) return parseConfig(env, table);
  if (env.DATABASE_URL !== undefined)
    throw new ConfigError("DATABASE_URL and DATABASE_URL_FILE are both set; expected one of them");
  try {
    return parseConfig({ ...env, DATABASE_URL: readFileSync(file, "utf8").trim() }, table);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `DATABASE_URL_FILE=${JSON.stringify(file)} is wrong; expected a file that can be read (${(error as Error).message})`,
    );
  }
}

/** @throws ConfigError for the first setting that is missing or wrong */
export function parseConfig(env: Environment, table: Approaches): Config {
  const settings = listSettings(table);
  const entries = Object.entries(settings as Record<string, Setting<unknown>>).map(([name, setting]) => {
    const text = env[name] ?? setting.fallback;
    if (text === undefined) throw new ConfigError(`${name} is not set; expected ${setting.expected}`);
    const value = setting.parse(text);
    if (value === undefined) {
      throw new ConfigError(
        `${name}=${JSON.stringify(hidePassword(text))} is wrong; expected ${setting.expected}`,
      );
    }
    return [name, value];
  });
  const config = Object.freeze(Object.fromEntries(entries)) as Config;
  const { APPROACH: approach, DURABILITY: level } = config;
  const row = table[approach] as Approach;
  if (!canGive(row, level)) {
    const levels = ["lesson", ...Object.keys(row.levels ?? {})].join(", ");
    throw new ConfigError(`DURABILITY="${level}" is wrong; APPROACH=${approach} expected one of ${levels}`);
  }
  if (level !== "lesson" && env.SQLITE_SYNCHRONOUS !== undefined)
    throw new ConfigError("SQLITE_SYNCHRONOUS and DURABILITY are both set; expected one of them");
  if (row.needs.includes("database") && config.DATABASE_URL === "") {
    const { expected } = settings.DATABASE_URL;
    throw new ConfigError(`DATABASE_URL is not set; APPROACH=${config.APPROACH} expected ${expected}`);
  }
  return config;
}

/** Whether an approach can keep its writes at this level. One that keeps none breaks no promise. */
function canGive({ stores, writes, levels }: Approach, level: Level): boolean {
  return level === "lesson" || !(stores && writes) || levels?.[level] !== undefined;
}

/** Returns what the settings say of SQLite. */
export function toSqliteSettings(config: Config): SqliteSettings {
  return {
    busyTimeoutMs: config.SQLITE_BUSY_TIMEOUT_MS,
    journalMode: config.SQLITE_JOURNAL_MODE,
    synchronous: config.SQLITE_SYNCHRONOUS,
  };
}

/**
 * A log is no place for a password, even one in a URL that could not be read. It may hold any sign itself, so
 * all is hidden from the first colon that is not the scheme's to the last "@", and all behind "password=".
 */
function hidePassword(text: string): string {
  return text.replace(/^([^:]*:\/\/)?([^:]*):.*@/s, "$1$2:***@").replace(/(password=).*/is, "$1***");
}
