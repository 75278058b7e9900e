// One run against another: ratios with intervals, and what differed between them.
import { compareApart, type Difference } from "../measure/difference.ts";
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { RunData } from "../measure/results.ts";
import { findStop } from "./caveats.ts";
import { formatCount, formatRange } from "./format.ts";
import { OPEN_FIGURES } from "./open-precision.ts";
import { type Column, renderTable } from "./table.ts";

/** Runs that differ in one of these did not do the same. */
const SAME: readonly (keyof Environment)[] = [
  "size",
  "dataSeed",
  "dataSha256",
  "load",
  "rateRequestsPerSecond",
  "connections",
  "waitLimitMs",
  "pageCache",
];
/** Other differences are named, and the reader judges. */
const NAMED: readonly (keyof Environment)[] = [
  "mode",
  "generator",
  "blocks",
  "durationMs",
  "warmupMs",
  "placement",
  "machine",
  "disk",
  "software",
  "approachFiles",
  "generators",
  "containers",
  "stores",
  "commit",
  "isDirty",
  "lockFileSha256",
];

/** What runs of one kind of load are compared by. */
interface LoadComparison {
  readonly figures: readonly {
    readonly title: string;
    readonly of: (trial: Measurement) => number | null;
    readonly finding: { readonly title: string; readonly higher: string; readonly lower: string };
  }[];
  /** What was asked, beside workload and approach, and must be the same. */
  readonly asked: (trial: Measurement) => string;
  readonly note: string;
  readonly lack: string;
}

const LOADS: Readonly<Record<Environment["load"], LoadComparison>> = {
  closed: {
    figures: [
      {
        title: "req/s, A / B",
        of: (trial) => trial.requestsPerSecond,
        finding: { title: "A is", higher: "faster", lower: "slower" },
      },
      {
        title: "CPU/request, A / B",
        of: (trial) => trial.serverCpuMicrosPerRequest + (trial.databaseCpuMicrosPerRequest ?? 0),
        finding: { title: "A costs", higher: "more", lower: "less" },
      },
    ],
    asked: () => "",
    note: "Compared are trials under a closed load.",
    lack: "the runs have no approach with the same workload in common",
  },
  open: {
    figures: Object.values(OPEN_FIGURES).map(({ title, of }) => ({
      title: `${title}, A / B`,
      of,
      finding: { title: "A takes", higher: "longer", lower: "shorter" },
    })),
    asked: ({ targetRequestsPerSecond = 0 }) => formatCount(targetRequestsPerSecond),
    note:
      "Compared are latencies at the same rate: under an open load throughput is what was asked for, and says nothing of " +
      "the approach.",
    lack:
      "the runs have no approach with the same workload at the same rate in common; rates follow from what was measured " +
      "before, but for that of all: RATE=100 gives both runs one",
  },
};

interface Row {
  readonly workload: string;
  readonly approach: string;
  readonly asked: string;
  /** As the figures of the load. */
  readonly differences: readonly Difference[];
}

/** Renders the comparison as Markdown: the first run over the second.
 * @throws RangeError when they did not do the same, or have no trial in common */
export function renderRunComparison(a: RunData, b: RunData): string {
  const differing = [
    ...SAME.filter((key) => show(a, key) !== show(b, key)).map(
      (key) => `${key} (${show(a, key)} and ${show(b, key)})`,
    ),
    ...nameGenerators(a, b),
  ];
  if (differing.length > 0)
    throw new RangeError(`the runs did not do the same; they differ in ${differing.join(", ")}`);
  const load = LOADS[a.environment.load];
  const rows = compareTrials(a, b);
  if (rows.length === 0) throw new RangeError(load.lack);
  return [
    `A: ${a.environment.run}\\\nB: ${b.environment.run}`,
    ...nameStops(a, b),
    renderTable<Row>(
      [
        { title: "workload", align: "left", cell: (row) => row.workload },
        { title: "approach", align: "left", cell: (row) => row.approach },
        { title: "asked req/s", align: "right", cell: (row) => row.asked },
        ...load.figures.flatMap(({ title, finding }, index) => listColumns(title, finding, index)),
      ],
      rows,
    ),
    "The runs were made at different times: what the machine did meanwhile counts as a difference between them. Only what " +
      `is measured in one run, block by block, is free of that. ${load.note}`,
    nameDifferences(a, b),
  ].join("\n\n");
}

/** Another generator makes another load, and has latencies of its own; another version is named. */
function nameGenerators({ environment: a }: RunData, { environment: b }: RunData): string[] {
  const [one, other] = [a.generator.name, b.generator.name];
  return one === other ? [] : [`generator (${one} and ${other})`];
}

/** Says of which run there is less than was planned. */
function nameStops(a: RunData, b: RunData): string[] {
  return Object.entries({ A: a, B: b }).flatMap(([name, run]) => {
    const stop = findStop(run);
    return stop === null ? [] : [`${name}: ${stop}`];
  });
}

function listColumns(
  title: string,
  finding: LoadComparison["figures"][number]["finding"],
  index: number,
): Column<Row>[] {
  const words = { ...finding, "no difference found": "no difference found", unknown: "?" };
  const read = ({ differences }: Row) => differences[index] as Difference;
  return [
    { title, align: "right", cell: (row) => formatRatio(read(row)) },
    { title: finding.title, align: "left", cell: (row) => words[read(row).finding] },
  ];
}

const UNKNOWN: Difference = { ratio: { value: Number.NaN, low: null, high: null }, finding: "unknown" };

/** Trials by the same generator at the same rate; those that were made again are by another. */
function compareTrials(a: RunData, b: RunData): Row[] {
  const { load } = a.environment;
  const { figures, asked } = LOADS[load];
  const keyOf = (trial: Measurement) =>
    [trial.workload, trial.approach, asked(trial), trial.generator].join("\t");
  const group = ({ measurements }: RunData) =>
    Map.groupBy(
      measurements.filter((trial) => trial.load === load && trial.error === undefined && !trial.isAgain),
      keyOf,
    );
  const [ofA, ofB] = [group(a), group(b)];
  return [...ofA].flatMap(([key, first]) => {
    const second = ofB.get(key);
    if (second === undefined) return [];
    const [workload = "", approach = "", rate = ""] = key.split("\t");
    const differences = figures.map(({ of }) => {
      const [one, other] = [first, second].map((trials) => trials.flatMap((trial) => of(trial) ?? []));
      return one?.length && other?.length ? compareApart(one, other) : UNKNOWN;
    });
    return { workload, approach, asked: rate, differences };
  });
}

function formatRatio({ ratio }: Difference): string {
  if (Number.isNaN(ratio.value)) return "too few";
  const range = formatRange(ratio, (value) => value.toFixed(2));
  return `${ratio.value.toFixed(2)}${range && ` (${range})`}`;
}

function nameDifferences(a: RunData, b: RunData): string {
  const differing = NAMED.flatMap((key) => listDifferences(key, a.environment[key], b.environment[key]));
  if (differing.length === 0) return "Their environments are the same.";
  return `Their environments differ:\n\n${differing.map((line) => `- ${line}`).join("\n")}`;
}

/** Names the innermost fields that differ. */
function listDifferences(path: string, a: unknown, b: unknown): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (!isObject(a) || !isObject(b)) return [`${path}: ${format(a)} and ${format(b)}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => listDifferences(`${path}.${key}`, a[key], b[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show({ environment }: RunData, key: keyof Environment): string {
  return format(environment[key]);
}

function format(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
