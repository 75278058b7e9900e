// What runs and experiments say of capacities, brought together: one figure per approach, operation, size and setting. Pure.
import { seededUser } from "../../k6/lib/users.ts";
import type { Durability, Level } from "../../services/storage/user-store.ts";
import { findNoisyTrials } from "../measure/noise.ts";
import type { RunData } from "../measure/results.ts";
import { listCaveats } from "../report/caveats.ts";
import { formatExact } from "../report/format.ts";
import { type OpenRow, type SummaryRow, summarize, summarizeOpen } from "../report/summary.ts";
import { summarizeCells } from "../writers/figures.ts";
import type { TrialRecord, WritersRecord } from "../writers/record.ts";
import { listFaults } from "../writers/verdicts.ts";
import { ASKS, type Ask, listWorkloads } from "./need.ts";

/** How many requests per second something can do, with the ends that are sure. */
export interface Range {
  readonly value: number;
  /** Both are the value where there were fewer than five blocks. */
  readonly low: number;
  readonly high: number;
}

/** Where a figure is from. */
interface Origin {
  readonly approach: string;
  /** How many were stored. */
  readonly users: number;
  /** Mean of the records that were measured, as lines of JSON. */
  readonly recordBytes: number;
  /** Folder of the run or experiment. */
  readonly run: string;
  readonly startedAt: string;
}

/** What an approach can do of one operation alone. */
export interface Capacity extends Origin {
  readonly operation: "read" | "write";
  readonly workload: string;
  readonly processes: number;
  readonly requestsPerSecond: Range;
  /** Whether the load generator was the limit: then the value is what the CPU time per request allows a core, and only the
   * low end was measured. */
  readonly isImplied: boolean;
  readonly blocks: number;
  /** The setting that it was measured at: a level of DURABILITY, or what the experiment calls it. */
  readonly setting: string;
  /** What an acknowledged write survived by the store's own word. */
  readonly survives: Durability;
  /** Of the service; null where nobody looked. */
  readonly memoryBytes: number | null;
  readonly startupMs: number | null;
}

/** How long reads took when so many came per second. */
export interface OpenLatency extends Origin {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  /** Null for too few requests. */
  readonly p99Ms: number | null;
}

export interface Figures {
  readonly capacities: readonly Capacity[];
  readonly latencies: readonly OpenLatency[];
  /** What makes the figures of a run say less, by its name. */
  readonly caveats: ReadonlyMap<string, readonly string[]>;
}

/** What the experiment with several writers writes. */
const SHARED_WORKLOAD = "create";

/** The workloads whose throughput is a capacity. */
const OPERATIONS = (["read", "write"] as const).flatMap((operation) =>
  listWorkloads(Object.keys(ASKS) as Ask[], operation).map((workload) => [workload, operation] as const),
);

/** Brings the figures of all runs, and of an experiment with several writers, together. */
export function gatherFigures(runs: readonly RunData[], writers: WritersRecord | null): Figures {
  return {
    capacities: [...runs.flatMap(listCapacities), ...(writers === null ? [] : listSharedCapacities(writers))],
    latencies: runs.flatMap(listLatencies),
    caveats: new Map(runs.map((run) => [run.environment.run, describeCaveats(run)])),
  };
}

function originOf({ environment }: RunData, approach: string): Origin {
  const { run, startedAt, size, dataBytes, records } = environment;
  const recordBytes = records?.bytes.mean ?? dataBytes / size;
  return { approach, users: size, recordBytes, run, startedAt };
}

function listCapacities(run: RunData): Capacity[] {
  const { durability } = run.environment;
  return OPERATIONS.flatMap(([workload, operation]) =>
    pickQuicker(summarize(run.measurements, workload)).map((row) => ({
      ...originOf(run, row.approach),
      operation,
      workload,
      processes: 1,
      requestsPerSecond: rangeOf(row),
      isImplied: row.impliedRequestsPerSecond !== null,
      blocks: row.blocks,
      setting: settingOf(durability),
      survives: row.durability as Durability,
      memoryBytes: row.serverRssBytes.value,
      startupMs: row.startupMs.value,
    })),
  );
}

/** What the lesson's code does is the default, which nobody has to set. */
function settingOf(level: Level): string {
  return level === "lesson" ? "" : `DURABILITY=${level}`;
}

/** Trials that were made again with a cheaper generator are a row of their own: the one that got more out of the approach
 * is nearer to what it can do. */
function pickQuicker(rows: readonly SummaryRow[]): SummaryRow[] {
  const good = rows.filter(({ blocks, storesNothing }) => blocks > 0 && !storesNothing);
  const quickest = new Map<string, SummaryRow>();
  for (const row of good) {
    const other = quickest.get(row.approach);
    if (other === undefined || row.requestsPerSecond.value > other.requestsPerSecond.value)
      quickest.set(row.approach, row);
  }
  return [...quickest.values()];
}

/** Where a generator was the limit, the measured figure is the least that the approach can do, and what the CPU time per
 * request allows the most. */
function rangeOf({ requestsPerSecond, impliedRequestsPerSecond: implied }: SummaryRow): Range {
  const { value, low, high } = requestsPerSecond;
  if (implied === null || implied.value < value) return { value, low: low ?? value, high: high ?? value };
  return { value: implied.value, low: low ?? value, high: implied.high ?? implied.value };
}

function listLatencies(run: RunData): OpenLatency[] {
  return summarizeOpen(run.measurements, "read")
    .filter(({ blocks }) => blocks > 0)
    .map((row: OpenRow) => ({
      ...originOf(run, row.approach),
      requestsPerSecond: row.targetRequestsPerSecond,
      p50Ms: row.latencyMs.p50.value,
      p99Ms: row.latencyMs.p99?.value ?? null,
    }));
}

/** Every cell of several processes, with what all of them together stored. Cells that lost something are no capacity. */
function listSharedCapacities(record: WritersRecord): Capacity[] {
  return summarizeCells(record)
    .filter((cell) => cell.processes > 1 && !cell.areThreads && listFaults(cell).length === 0)
    .map((cell) => {
      const { value, low, high } = cell.postsPerSecond;
      const [{ durability }] = record.trials.filter((trial) => trial.cell === cell.cell) as [TrialRecord];
      return {
        approach: cell.approach,
        users: record.size,
        recordBytes: meanSeededBytes(record),
        run: record.run,
        startedAt: record.startedAt,
        operation: "write" as const,
        workload: SHARED_WORKLOAD,
        processes: cell.processes,
        requestsPerSecond: { value, low: low ?? value, high: high ?? value },
        isImplied: false,
        blocks: cell.blocks,
        setting: cell.setup,
        survives: durability,
        memoryBytes: null,
        startupMs: null,
      };
    });
}

/** The experiment stores the lab's own users, whose length hardly varies: a thousand say enough of all. */
function meanSeededBytes({ size, dataSeed }: WritersRecord): number {
  const users = Array.from({ length: Math.min(size, 1_000) }, (_, index) => seededUser(dataSeed, index));
  return Buffer.byteLength(users.map((user) => `${JSON.stringify(user)}\n`).join("")) / users.length;
}

function describeCaveats(run: RunData): string[] {
  const noisy = findNoisyTrials(run.measurements).size;
  const all = run.measurements.length;
  return [
    ...listCaveats([run]),
    ...(noisy > 0
      ? [`${formatExact(noisy)} of ${formatExact(all)} trials met a noisy machine; they count.`]
      : []),
  ];
}
