// The options of make plan, and the questions behind them.
import { Command, Option } from "commander";
import { parseSize } from "../lab/data/size.ts";
import { ASKS, type Ask, type Need, SHARINGS, type Sharing, SURVIVALS } from "../lab/plan/need.ts";
import type { Durability } from "../services/storage/user-store.ts";
import { parseLimit, parseNames, resultsOption, variable, wholeNumber } from "./options.ts";

export interface PlanOptions {
  readonly users?: number;
  readonly reads?: number;
  readonly writes?: number;
  readonly recordBytes?: number;
  readonly memory?: number | null;
  readonly processes?: Sharing;
  readonly survives?: Durability;
  readonly asks?: readonly Ask[];
  readonly requestsPerUser: number;
  readonly peak: number;
  readonly anyMachine?: true;
  readonly json?: true;
  readonly results: string;
}

/** A question that has to be answered: by a flag, by its variable, or by a prompt. */
export interface PlanQuestion {
  readonly name: keyof Need;
  readonly flag: string;
  readonly message: string;
  readonly parse: (text: string) => unknown;
  /** What an answer looks like, where it is typed. */
  readonly example?: string;
  /** What there is to choose from. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly isMultiple?: true;
  /** What counts where nobody can be asked; without, it is an error. */
  readonly ifMissing?: null;
}

/** Parses requests per second at the busiest time; none is a rate too. @throws RangeError for anything else */
function parseLoad(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate <= 10_000_000)) throw new RangeError("expected requests per second from 0 to 10000000");
  return rate;
}

function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const [name, ...others] = parseNames(text, names);
    if (others.length > 0) throw new RangeError(`expected one of ${names.join(", ")}`);
    return name as Name;
  };
}

function parsePositive(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0.01 && value <= 1_000_000)) throw new RangeError("expected a number from 0.01 to 1000000");
  return value;
}

const asks = Object.keys(ASKS) as Ask[];

/** A question of which one answer is chosen. */
function choice<Name extends string>(
  name: keyof Need,
  message: string,
  names: readonly Name[],
  labels: Readonly<Record<Name, string>>,
): PlanQuestion {
  const choices = names.map((value) => ({ value, label: labels[value] }));
  return { name, flag: `--${name}`, message, parse: oneOf(names), choices };
}

/** In the order in which they are asked. */
export const QUESTIONS: readonly PlanQuestion[] = [
  { name: "users", flag: "--users", message: "How many users?", parse: parseSize, example: "10000, 10k, 1M" },
  {
    name: "readsPerSecond",
    flag: "--reads",
    message: "How many reads per second, at the busiest time?",
    parse: parseLoad,
    example: "100",
  },
  {
    name: "writesPerSecond",
    flag: "--writes",
    message: "How many writes per second, at the busiest time?",
    parse: parseLoad,
    example: "5",
  },
  {
    name: "recordBytes",
    flag: "--record-bytes",
    message: "How many bytes has a record, as a line of JSON?",
    parse: wholeNumber(1, 100_000_000),
    example: "140, as the lab's own",
  },
  {
    name: "memoryBytes",
    flag: "--memory",
    message: "How much memory has the machine or container?",
    parse: (text) => (text === "" ? null : parseLimit(text)),
    example: "512MiB, 4GiB; nothing: as much as this machine",
    ifMissing: null,
  },
  choice("processes", "Who reads and writes?", SHARINGS, {
    one: "one process",
    several: "several processes on one machine",
    machines: "several machines",
  }),
  choice("survives", "What must an acknowledged write survive?", SURVIVALS, {
    nothing: "nothing: it may be lost",
    process: "process: kill -9",
    power: "power: a power cut",
  }),
  {
    name: "asks",
    flag: "--asks",
    message: "What is asked?",
    parse: (text) => parseNames(text, asks),
    choices: [
      { value: "key", label: "a user by its key" },
      { value: "email", label: "users by email" },
      { value: "counts", label: "how many users since a time" },
      { value: "orders", label: "orders of things that run out" },
    ],
    isMultiple: true,
  },
];

function option(question: PlanQuestion): Option {
  const { flag, message, parse, choices, example } = question;
  const words = choices?.map(({ value }) => value).join(question.isMultiple ? ", " : " or ") ?? example;
  return variable(`${flag} <VALUE>`, `${message} (${words})`, parse);
}

export const planCommand = new Command("plan").description(
  "Which approaches can do what you need, by what was measured on this machine; which cannot, and why.\n" +
    "On a terminal what you leave out is asked for. Every option can also be an environment variable:\n" +
    "make plan USERS=10000 READS=100 WRITES=5 RECORD_BYTES=140 MEMORY=512MiB PROCESSES=one SURVIVES=process ASKS=key",
);
for (const question of QUESTIONS) planCommand.addOption(option(question));
planCommand
  .addOption(
    variable(
      "--requests-per-user <N>",
      "requests of a user in a day, to turn rates into users",
      parsePositive,
      {
        value: 50,
        shown: "50",
      },
    ),
  )
  .addOption(
    variable("--peak <N>", "how many times the mean of a day its busiest time is", parsePositive, {
      value: 5,
      shown: "5",
    }),
  )
  .addOption(
    new Option("--any-machine", "count runs of the bench of other machines as well").env("ANY_MACHINE"),
  )
  .addOption(new Option("--json", "print the answer as JSON").env("JSON"))
  .addOption(resultsOption());

/** Returns what the flags say of a question; undefined where they say nothing. */
export function findGiven(question: PlanQuestion, options: Readonly<Record<string, unknown>>): unknown {
  const name = question.flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return options[name];
}
