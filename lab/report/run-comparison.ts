// One run against another: ratios with intervals, and what differed between them.
import { compareApart, type Difference } from "../measure/difference.ts";
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { RunData } from "../measure/results.ts";
import { formatRange } from "./format.ts";
import { renderTable } from "./table.ts";

/** Runs that differ in one of these did not do the same. */
const SAME: readonly (keyof Environment)[] = [
  "size",
  "dataSeed",
  "dataSha256",
  "load",
  "rateRequestsPerSecond",
  "connections",
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

interface Row {
  readonly workload: string;
  readonly approach: string;
  readonly throughput: Difference;
  readonly cpu: Difference;
}

/** Renders the comparison as Markdown: the first run over the second.
 * @throws RangeError when they did not do the same, or have no trial in common */
export function renderRunComparison(a: RunData, b: RunData): string {
  const differing = SAME.filter((key) => show(a, key) !== show(b, key));
  if (differing.length > 0) {
    const list = differing.map((key) => `${key} (${show(a, key)} and ${show(b, key)})`);
    throw new RangeError(`the runs did not do the same; they differ in ${list.join(", ")}`);
  }
  const rows = compareTrials(a, b);
  if (rows.length === 0) throw new RangeError("the runs have no approach with the same workload in common");
  return [
    `A: ${a.environment.run}\\\nB: ${b.environment.run}`,
    renderTable<Row>(
      [
        { title: "workload", align: "left", cell: (row) => row.workload },
        { title: "approach", align: "left", cell: (row) => row.approach },
        { title: "req/s, A / B", align: "right", cell: (row) => formatRatio(row.throughput) },
        { title: "A is", align: "left", cell: (row) => SPEED[row.throughput.finding] },
        { title: "CPU/request, A / B", align: "right", cell: (row) => formatRatio(row.cpu) },
        { title: "A costs", align: "left", cell: (row) => COST[row.cpu.finding] },
      ],
      rows,
    ),
    "The runs were made at different times: what the machine did meanwhile counts as a difference between them. Only what " +
      "is measured in one run, block by block, is free of that. Compared are trials under a closed load.",
    nameDifferences(a, b),
  ].join("\n\n");
}

const SPEED = {
  higher: "faster",
  lower: "slower",
  "no difference found": "no difference found",
  unknown: "?",
};
const COST = { higher: "more", lower: "less", "no difference found": "no difference found", unknown: "?" };

function compareTrials(a: RunData, b: RunData): Row[] {
  const keyOf = ({ workload, approach }: Measurement) => `${workload}\t${approach}`;
  const group = ({ measurements }: RunData) =>
    Map.groupBy(
      measurements.filter(({ load, error, isAgain }) => load === "closed" && error === undefined && !isAgain),
      keyOf,
    );
  const [ofA, ofB] = [group(a), group(b)];
  return [...ofA].flatMap(([key, first]) => {
    const second = ofB.get(key);
    if (second === undefined) return [];
    const compare = (read: (trial: Measurement) => number) => compareApart(first.map(read), second.map(read));
    const [workload = "", approach = ""] = key.split("\t");
    return {
      workload,
      approach,
      throughput: compare((trial) => trial.requestsPerSecond),
      cpu: compare((trial) => trial.serverCpuMicrosPerRequest + (trial.databaseCpuMicrosPerRequest ?? 0)),
    };
  });
}

function formatRatio({ ratio }: Difference): string {
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
