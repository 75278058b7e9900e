// The options of the bench.
import { Command, Option } from "commander";
import { type WorkloadName, workloads } from "../k6/lib/workloads.ts";
import { MIN_BLOCKS } from "../lab/measure/bootstrap.ts";
import type { RunPlan } from "../lab/measure/run.ts";
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
  recordsOption,
  resultsOption,
  sizeOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { asArgument, parseSeed } from "./run-command.ts";

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
export const PRECISE_MAX_BLOCKS = 40;
const DEFAULT_WORKLOADS: WorkloadName[] = ["read", "create"];
/** An open load takes four trials where a closed one takes one. */
export const DEFAULT_OPEN_WORKLOADS: WorkloadName[] = ["read"];

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
  .addOption(resultsOption())
  .addOption(
    // For checking the bench itself: what it says of a difference that is known.
    new Option("--burn <NAME=PART>", "make an approach burn CPU time, such as map=10%")
      .argParser(asArgument(parseBurn))
      .hideHelp(),
  )
  .option("--list", "print the trials in their order, and measure nothing");

function parseBurn(text: string): Burn {
  const [approach = "", part = "", ...others] = text.split("=");
  if (approach === "" || others.length > 0)
    throw new RangeError("expected an approach and a part, such as map=10%");
  return { approach, share: parsePercent(part) };
}

function describeWorkloads(): string {
  return Object.entries(workloads)
    .map(([name, { description }]) => `  ${name.padEnd(7)} ${description}`)
    .join("\n");
}
