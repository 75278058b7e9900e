// The options that several commands share. Each can also be given by an environment variable of the same name in
// capitals, so that `make bench SIZE=1M` and `npm run bench -- --size 1M` are the same.
import { Option } from "commander";
import { DEFAULT_SEED } from "../k6/lib/users.ts";
import { parseSize } from "../lab/data/size.ts";
import type { Approach, Approaches } from "../services/approaches/approach.ts";
import { approaches, mainApproaches } from "../services/approaches/index.ts";
import { ApproachFileError, loadOwnApproaches, splitPaths } from "../services/own-approaches.ts";
import { asArgument, parseSeed, UsageError } from "./run-command.ts";

export const DATA_ROOT = "data";
export const RESULTS_ROOT = "results";
const DEFAULT_SIZE = 10_000;
const variants = Object.keys(approaches).filter((name) => !(mainApproaches as string[]).includes(name));

/** Makes an option with a parser and a default that can be set in the environment as well. */
export function variable<T>(
  flags: string,
  description: string,
  parse: (text: string) => T,
  fallback?: { readonly value: T; readonly shown: string },
): Option {
  const option = new Option(flags, description).argParser(asArgument(parse));
  const name = option.attributeName().replace(/[A-Z]/g, (letter) => `_${letter}`);
  option.env(name.toUpperCase());
  return fallback === undefined ? option : option.default(fallback.value, fallback.shown);
}

export const sizeOption = () =>
  variable("--size <N>", "users: 10000, 10k, 1M", parseSize, { value: DEFAULT_SIZE, shown: "10000" });

export const approachesOption = () =>
  new Option(
    "--approaches <NAMES>",
    `approaches, separated by commas (default: ${mainApproaches.join(",")}, and those of --approaches-path; also ${variants.join(", ")})`,
  ).env("APPROACHES");

export const approachesPathOption = () =>
  variable(
    "--approaches-path <FILES>",
    "files with approaches of your own, separated by commas: docs/OWN-APPROACH.md",
    splitPaths,
    { value: [], shown: "none" },
  );

export const dataSeedOption = () =>
  variable("--data-seed <SEED>", "seed of the stored users", parseSeed, {
    value: DEFAULT_SEED,
    shown: String(DEFAULT_SEED),
  });

export const dataOption = () =>
  new Option("--data <FOLDER>", "folder of the prepared data").env("DATA_FOLDER").default(DATA_ROOT);

export const resultsOption = () =>
  new Option("--results <FOLDER>", "folder of the results").default(RESULTS_ROOT);

export const recordsOption = () =>
  new Option(
    "--records <FILE>",
    "records of your own instead of the lab's users: JSON objects, one per line; as processes only (variable: DATA)",
  ).env("DATA");

export const keyOption = () =>
  new Option("--key <FIELD>", "the field of --records that is the key, a string").env("KEY").default("id");

export const countsOption = () =>
  new Option(
    "--counts <WHETHER>",
    "whether the system calls of a request are counted after the trials, where strace is on the PATH: takes about " +
      "two seconds for each approach and workload",
  )
    .env("COUNTS")
    .choices(["yes", "no"])
    .default("yes");

export const databaseServerOption = () =>
  new Option(
    "--database-server-url <URL>",
    "a PostgreSQL server to use, by a user who may create databases (default: one of the lab's own)",
  ).env("DATABASE_SERVER_URL");

/** What the options of a command say of approaches. */
export interface ApproachOptions {
  readonly approaches?: string;
  readonly approachesPath: readonly string[];
}

/** Returns the rows that the options name, of ours and of the files'; without names all of both but our variants.
 * @throws UsageError for a name that no row has, and for a file that is no approach */
export async function chooseApproaches(options: ApproachOptions): Promise<Approaches> {
  const files = await loadFiles(options.approachesPath);
  const table: Approaches = { ...approaches, ...files };
  const choose = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, table[name] as Approach]));
  if (options.approaches === undefined) return choose([...mainApproaches, ...Object.keys(files)]);
  try {
    return choose(parseNames(options.approaches, Object.keys(table)));
  } catch (error) {
    throw new UsageError(`--approaches: ${(error as RangeError).message}`);
  }
}

/** Loads the approaches of these files. @throws UsageError for one that is none */
export async function loadFiles(paths: readonly string[]): Promise<Approaches> {
  try {
    return await loadOwnApproaches(paths);
  } catch (error) {
    throw error instanceof ApproachFileError ? new UsageError(error.message) : error;
  }
}

/** Parses names separated by commas or spaces; each counts once. @throws RangeError for one that is not known */
export function parseNames(text: string, known: readonly string[]): string[] {
  const names = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw new RangeError(`${unknown ?? "nothing"} is not among them; expected some of ${known.join(", ")}`);
  }
  return names;
}

/** Parses a duration such as 2, 2s, 500ms or 1m into milliseconds. @throws RangeError for anything else */
export function parseDuration(text: string): number {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const ms = Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit] ?? Number.NaN);
  if (!(ms >= 1 && ms <= 3_600_000))
    throw new RangeError("expected a duration up to an hour, such as 500ms, 2s or 1m");
  return ms;
}

/** Parses a part such as 5% or 0.5%. @throws RangeError for anything else */
export function parsePercent(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?) ?%$/.exec(text)?.[1]);
  if (!(percent >= 0.1 && percent <= 100))
    throw new RangeError("expected a part from 0.1% to 100%, such as 5%");
  return percent / 100;
}

/** Parses requests per second, such as 200 or 0.5. @throws RangeError for anything else */
export function parseRate(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate >= 0.01 && rate <= 1_000_000))
    throw new RangeError("expected requests per second from 0.01 to 1000000");
  return rate;
}

/** Returns a parser of whole numbers from min to max. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw new RangeError(`expected a whole number from ${min} to ${max}`);
    return value;
  };
}

/** Parses a size of memory such as 256MiB or 1GiB into bytes. @throws RangeError for anything else */
export function parseLimit(text: string): number {
  const [, digits, unit] = /^(\d{1,7})(MiB|GiB)$/.exec(text) ?? [];
  const bytes = Number(digits) * (unit === "GiB" ? 2 ** 30 : 2 ** 20);
  if (!(bytes >= 64 * 2 ** 20)) throw new RangeError("expected a size from 64MiB, such as 256MiB or 1GiB");
  return bytes;
}
