// The plan that the options of the bench make, and the command that repeats it.
import { randomInt } from "node:crypto";
import { type OwnRecords, seedOfRecords } from "../lab/data/own-records.ts";
import { promiseOf } from "../lab/measure/levels.ts";
import type { RunPlan } from "../lab/measure/run.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import {
  type BenchOptions,
  benchCommand,
  DEFAULT_OPEN_WORKLOADS,
  PRECISE_MAX_BLOCKS,
} from "./bench-options.ts";
import { UsageError } from "./run-command.ts";

/** Turns options into a plan, with a new seed where none was given.
 * @param records that take the place of the lab's users
 * @param approaches those that the options name
 * @param generator name of what makes the load
 * @throws UsageError for options that do not go together */
export function toPlan(
  options: BenchOptions,
  approaches: Approaches,
  generator: string,
  records?: OwnRecords,
): RunPlan {
  const seed = options.seed ?? randomInt(2 ** 32);
  const { connections, mode, precision, load, rate, durability, burn } = options;
  const { size, dataSeed } =
    records === undefined ? options : { size: records.records, dataSeed: seedOfRecords(records) };
  refuse(options, approaches);
  const isDefault = (name: string) => benchCommand.getOptionValueSource(name) === "default";
  const blocks = precision !== undefined && isDefault("blocks") ? PRECISE_MAX_BLOCKS : options.blocks;
  const workloads = load === "open" && isDefault("workloads") ? DEFAULT_OPEN_WORKLOADS : options.workloads;
  const files = options.approachesPath.join(",");
  const flags = {
    ...(records === undefined ? { size } : { records: records.path, key: records.key }),
    approaches: Object.keys(approaches).join(","),
    ...(files !== "" && { "approaches-path": files }),
    workloads: workloads.join(","),
    duration: `${options.duration}ms`,
    warmup: `${options.warmup}ms`,
    "wait-limit": `${options.waitLimit}ms`,
    blocks,
    ...(precision !== undefined && { precision: `${precision * 100}%` }),
    load,
    ...(rate !== undefined && { rate }),
    connections,
    durability,
    seed,
    ...(records === undefined && { "data-seed": dataSeed }),
    counts: options.counts,
    generator,
    ...(burn && { burn: `${burn.approach}=${burn.share * 100}%` }),
  };
  return {
    size,
    approaches,
    workloads,
    connections,
    blocks,
    ...(precision !== undefined && { precision }),
    load,
    ...(rate !== undefined && { rateRequestsPerSecond: rate }),
    durability,
    dataSeed,
    ...(records && { records }),
    seed,
    durationMs: options.duration,
    warmupMs: options.warmup,
    waitLimitMs: options.waitLimit,
    countsCalls: options.counts === "yes",
    command: mode === "native" ? formatFlags(flags) : formatVariables(flags),
  };
}

/** @throws UsageError for options that do not go together */
function refuse(
  { load, rate, precision, durability, burn, mode }: BenchOptions,
  approaches: Approaches,
): void {
  if (load === "open" && precision !== undefined)
    throw new UsageError("--precision is about throughput, which an open load sets; leave one of them out");
  if (load === "closed" && rate !== undefined)
    throw new UsageError("--rate: a closed load has none; --load open does");
  for (const [name, row] of Object.entries(approaches))
    if (promiseOf(row, durability) === null)
      throw new UsageError(
        `--durability: ${name} cannot give ${durability}; expected ${["lesson", ...Object.keys(row.levels ?? {})].join(" or ")}`,
      );
  if (burn !== undefined && approaches[burn.approach] === undefined)
    throw new UsageError(`--burn: ${burn.approach} is not measured`);
  if (burn !== undefined && mode !== "native")
    throw new UsageError("--burn is for services that are processes; containers are started as they are");
}

function formatFlags(flags: Readonly<Record<string, string | number>>): string {
  const words = Object.entries(flags).map(([name, value]) => `--${name} ${quote(value)}`);
  return ["npm run bench --", ...words].join(" ");
}

/** Quotes what a shell would take for more than a word. */
function quote(value: string | number): string {
  return /^[\w@%+=:,./-]*$/.test(`${value}`) ? `${value}` : `'${`${value}`.replaceAll("'", "'\\''")}'`;
}

function formatVariables(flags: Readonly<Record<string, string | number>>): string {
  const words = Object.entries(flags).map(
    ([name, value]) => `${name.toUpperCase().replaceAll("-", "_")}=${value}`,
  );
  return ["make bench MODE=docker", ...words].join(" ");
}
