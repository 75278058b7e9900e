// The options of the bench, and the plan that they make.
import { randomInt } from "node:crypto";
import { Command, Option } from "commander";
import { type WorkloadName, workloads } from "../k6/lib/workloads.ts";
import { type OwnRecords, seedOfRecords } from "../lab/data/own-records.ts";
import { MIN_BLOCKS } from "../lab/measure/bootstrap.ts";
import { promiseOf } from "../lab/measure/levels.ts";
import type { RunPlan } from "../lab/measure/run.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import { LEVELS } from "../services/storage/user-store.ts";
import {
  type ApproachOptions,
  approachesOption,
  approachesPathOption,
  countsOption,
  databaseServerOption,
  dataOption,
  dataSeedOption,
  keyOption,
  parseDuration,
  parseNames,
  parsePercent,
  parseRate,
  RESULTS_ROOT,
  recordsOption,
  sizeOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { asArgument, parseSeed, UsageError } from "./run-command.ts";

export interface BenchOptions
  extends Omit<
      RunPlan,
      | "approaches"
      | "command"
      | "records"
      | "warmupMs"
      | "durationMs"
      | "waitLimitMs"
      | "rateRequestsPerSecond"
      | "countsCalls"
    >,
    ApproachOptions {
  readonly warmup: number;
  readonly duration: number;
  readonly waitLimit: number;
  readonly counts: "yes" | "no";
  readonly rate?: number;
  readonly generator?: string;
  readonly data: string;
  readonly records?: string;
  readonly key: string;
  readonly results: string;
  readonly mode: "native" | "docker";
  readonly databaseServerUrl?: string;
  readonly metricsPort?: number;
  readonly dashboards?: string;
  readonly burn?: Burn;
  readonly list?: true;
}

/** A part of its CPU time that an approach's service is made to burn in addition. */
export interface Burn {
  readonly approach: string;
  readonly share: number;
}

/** Of a run that goes on until it is precise, where nobody says another number. */
const PRECISE_MAX_BLOCKS = 40;
const DEFAULT_WORKLOADS: WorkloadName[] = ["read", "create"];
/** An open load takes four trials where a closed one takes one. */
const DEFAULT_OPEN_WORKLOADS: WorkloadName[] = ["read"];

export const benchCommand = new Command("bench")
  .description(
    "Measure ways of storing users against each other on this machine.\n" +
      "Every option can also be an environment variable: make bench SIZE=1M APPROACHES=map,sqlite",
  )
  .addOption(sizeOption())
  .addOption(approachesOption())
  .addOption(approachesPathOption())
  .addOption(
    variable(
      "--workloads <NAMES>",
      `workloads, separated by commas:\n${describeWorkloads()}`,
      (text) => parseNames(text, Object.keys(workloads)) as WorkloadName[],
      {
        value: DEFAULT_WORKLOADS,
        shown: `${DEFAULT_WORKLOADS.join(",")}; of an open load ${DEFAULT_OPEN_WORKLOADS.join(",")}`,
      },
    ),
  )
  .addOption(
    new Option(
      "--load <KIND>",
      "closed: each connection asks again when it is answered, which shows how much there is of it; " +
        "open: requests come at a constant rate, which shows how long they take: at one rate for all, and at 25, 50 " +
        "and 75 % of what each approach was measured to do",
    )
      .env("LOAD")
      .choices(["closed", "open"])
      .default("closed"),
  )
  .addOption(
    variable(
      "--rate <N>",
      "of an open load: requests per second that all approaches are asked (default: half of what the slowest can do)",
      parseRate,
    ),
  )
  .addOption(
    variable("--duration <TIME>", "measured window of a trial", parseDuration, { value: 2_000, shown: "2s" }),
  )
  .addOption(
    variable("--warmup <TIME>", "load before the window", parseDuration, { value: 700, shown: "700ms" }),
  )
  .addOption(
    variable(
      "--wait-limit <TIME>",
      "how long an answer is waited for; the window grows with it",
      parseDuration,
      {
        value: 120_000,
        shown: "2m",
      },
    ),
  )
  .addOption(
    variable("--blocks <N>", "how often every trial is made", wholeNumber(1, 1_000), {
      value: 5,
      shown: "5",
    }),
  )
  .addOption(
    variable(
      "--precision <PART>",
      "make blocks until the interval of every ratio of two approaches is as narrow as this part of it, such as 5%; " +
        `at least ${MIN_BLOCKS}, and at most as many as --blocks says, or ${PRECISE_MAX_BLOCKS}`,
      parsePercent,
    ),
  )
  .addOption(
    variable("--connections <N>", "connections that ask at once", wholeNumber(1, 10_000), {
      value: 50,
      shown: "50",
    }),
  )
  .addOption(
    new Option(
      "--durability <LEVEL>",
      "what answered writes are to survive: whatever the lesson's code gives, nothing, kill -9, or a power cut",
    )
      .env("DURABILITY")
      .choices(LEVELS)
      .default("lesson"),
  )
  .addOption(
    variable(
      "--seed <SEED>",
      "seed of the order of trials and the choice of keys (default: a new one)",
      parseSeed,
    ),
  )
  .addOption(dataSeedOption())
  .addOption(countsOption())
  .addOption(
    new Option("--generator <NAME>", "what makes the load")
      .env("GENERATOR")
      .choices(["builtin", "k6", "wrk"])
      .default(undefined, "builtin; for an open load of the lab's own users k6, where it is on the PATH"),
  )
  .addOption(
    new Option(
      "--mode <MODE>",
      "where services run: as processes, or in the containers beside this one; make bench MODE=docker sees to it",
    )
      .choices(["native", "docker"])
      .default("native"),
  )
  .addOption(databaseServerOption())
  .addOption(
    variable(
      "--metrics-port <PORT>",
      "where Prometheus finds the figures of the run",
      wholeNumber(1, 65_535),
    ),
  )
  .addOption(new Option("--dashboards <URL>", "address of the dashboards, for links").env("DASHBOARDS"))
  .addOption(dataOption())
  .addOption(recordsOption())
  .addOption(keyOption())
  .addOption(new Option("--results <FOLDER>", "folder of the results").default(RESULTS_ROOT))
  .addOption(
    // For checking the bench itself: what it says of a difference that is known.
    new Option("--burn <NAME=PART>", "make an approach burn CPU time, such as map=10%")
      .argParser(asArgument(parseBurn))
      .hideHelp(),
  )
  .option("--list", "print the trials in their order, and measure nothing");

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

function parseBurn(text: string): Burn {
  const [approach = "", part = "", ...others] = text.split("=");
  if (approach === "" || others.length > 0)
    throw new RangeError("expected an approach and a part, such as map=10%");
  return { approach, share: parsePercent(part) };
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

function describeWorkloads(): string {
  return Object.entries(workloads)
    .map(([name, { description }]) => `  ${name.padEnd(7)} ${description}`)
    .join("\n");
}
