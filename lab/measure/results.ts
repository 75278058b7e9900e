// The result folder of a run: written as it goes, never overwritten, and read again for reports.
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { giveToOwnerOfFolder, makeOwnedFolder } from "../data/ownership.ts";
import { checkShape, ShapeError } from "../shape.ts";
import { type Environment, environmentShape } from "./environment.ts";
import { type Measurement, measurementShape } from "./measurement.ts";
import { countsShape, type RequestCounts } from "./request-counts.ts";
import { createRunFolder, nameTime, sortRuns } from "./run-folder.ts";

const ENVIRONMENT = "environment.json";
const MEASUREMENTS = "measurements.jsonl";
export const COUNTS = "counts.json";

export interface ResultFolder {
  readonly path: string;
  /** As it is written down: its run has the name of the folder. */
  readonly environment: Environment;
  /** Adds a measurement; it is on the disk when this returns. */
  readonly append: (measurement: Measurement, raw: string) => void;
  /** Notes that all trials are made. */
  readonly end: (endedAt: Date) => void;
  readonly writeCounts: (counts: readonly RequestCounts[]) => void;
}

/** Returns a name for a run: when it started, in UTC, and its size. */
export function nameRun(startedAt: Date, size: number): string {
  return `${nameTime(startedAt)}-${size}`;
}

/** Creates the folder of a run, by its name or the next one that is free. @throws Error when the environment lacks something */
export function createResults(root: string, environment: Environment): ResultFolder {
  const whole = checkShape(environmentShape, environment, join(root, environment.run, ENVIRONMENT));
  const path = createRunFolder(root, whole.run);
  const checked = { ...whole, run: basename(path) };
  const file = join(path, ENVIRONMENT);
  makeOwnedFolder(join(path, "raw"));
  replaceText(file, `${JSON.stringify(checked, null, 2)}\n`);
  const measurements = join(path, MEASUREMENTS);
  return {
    path,
    environment: checked,
    append(measurement, raw) {
      const { trial, block, approach, workload } = measurement;
      const number = String(trial).padStart(4, "0");
      if (raw !== "")
        replaceText(join(path, "raw", `${number}-block-${block}-${approach}-${workload}.json`), raw);
      const checked = checkShape(measurementShape, measurement, `${measurements}, trial ${trial}`);
      appendFileSync(measurements, `${JSON.stringify(checked)}\n`, { flush: true });
      giveToOwnerOfFolder(measurements);
    },
    end(endedAt) {
      replaceText(file, `${JSON.stringify({ ...checked, endedAt: endedAt.toISOString() }, null, 2)}\n`);
    },
    writeCounts(counts) {
      const file = join(path, COUNTS);
      replaceText(file, `${JSON.stringify(checkShape(countsShape, counts, file), null, 2)}\n`);
    },
  };
}

/** Writes a file that a reader sees whole or not at all. */
export function replaceText(file: string, text: string): void {
  const unfinished = `${file}.unfinished-${process.pid}`;
  writeFileSync(unfinished, text, { flush: true });
  giveToOwnerOfFolder(unfinished);
  renameSync(unfinished, file);
}

/** A run read back from its folder. */
export interface RunData {
  readonly environment: Environment;
  readonly measurements: readonly Measurement[];
  /** Null where nothing was counted. */
  readonly counts: readonly RequestCounts[] | null;
}

/** @throws Error that names the file, the line and the field that cannot be read, and who wrote them */
export function readResults(path: string): RunData {
  const file = join(path, ENVIRONMENT);
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  const environment = parseJson(readFileSync(file, "utf8"), file);
  try {
    return {
      environment: checkShape(environmentShape, environment, file),
      measurements: readMeasurements(join(path, MEASUREMENTS)),
      counts: readCounts(join(path, COUNTS)),
    };
  } catch (error) {
    const { commit } = Object(environment) as { commit?: unknown };
    if (!(error instanceof ShapeError) || typeof commit !== "string") throw error;
    const hint = `if this is not commit ${commit} of the lab, which made the run, that one reads it`;
    throw new Error(`${error.message}; ${hint}`, { cause: error });
  }
}

function readMeasurements(file: string): Measurement[] {
  if (!existsSync(file)) throw new Error(`${file} does not exist: no trial of this run was finished`);
  // What follows the last newline is a line whose writing was cut short.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const place = `${file}, line ${index + 1}`;
    return checkShape(measurementShape, parseJson(line, place), place);
  });
}

function readCounts(file: string): readonly RequestCounts[] | null {
  return existsSync(file) ? checkShape(countsShape, parseJson(readFileSync(file, "utf8"), file), file) : null;
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

/** Returns the folder of a run, by its name, its path, or the latest.
 * @throws Error that says what there is instead */
export function findRun(root: string, run: string | undefined): string {
  const names = existsSync(root)
    ? readdirSync(root).filter((name) => existsSync(join(root, name, ENVIRONMENT)))
    : [];
  if (run === undefined) {
    const latest = sortRuns(names).at(-1);
    if (latest === undefined) throw new Error(`${root} has no runs yet; make bench makes one`);
    return join(root, latest);
  }
  const candidates = [run, join(root, basename(run))];
  const found = candidates.find((path) => existsSync(join(path, ENVIRONMENT)));
  if (found === undefined)
    throw new Error(`no run ${run}; ${root} has ${sortRuns(names).join(", ") || "none"}`);
  return found;
}
