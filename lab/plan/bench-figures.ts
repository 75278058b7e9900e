// What a run of the bench says of what approaches can do. Pure.
import type { Approaches } from "../../services/approaches/approach.ts";
import { approaches as table } from "../../services/approaches/index.ts";
import type { Durability, Level } from "../../services/storage/user-store.ts";
import { findNoisyTrials } from "../measure/noise.ts";
import type { RunData } from "../measure/results.ts";
import { listCaveats } from "../report/caveats.ts";
import { formatExact } from "../report/format.ts";
import { type OpenRow, type SummaryRow, summarize, summarizeOpen } from "../report/summary.ts";
import type { Capacity, OpenLatency, Origin, Range } from "./capacity.ts";
import { ASKS, type Ask, listWorkloads } from "./need.ts";

const approaches: Approaches = table;

/** The workloads whose throughput is a capacity. */
const OPERATIONS = (["read", "write"] as const).flatMap((operation) =>
  listWorkloads(Object.keys(ASKS) as Ask[], operation).map((workload) => [workload, operation] as const),
);

/** Returns where a figure of a run is from. */
export function originOf({ environment }: RunData, approach: string): Origin {
  const { run, startedAt, size, dataBytes, records } = environment;
  const recordBytes = records?.bytes.mean ?? dataBytes / size;
  return { approach, users: size, recordBytes, run, startedAt };
}

/** Lists what a run says of throughput, an operation alone each. */
export function listCapacities(run: RunData): Capacity[] {
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
      ...findMemory(run, row),
      startupMs: row.startupMs.value,
    })),
  );
}

/** V8 gives a heap of half the memory there is, and of no more than this with up to 15 GiB: docs/MEMORY.md says how that was
 * found. */
const SMALLEST_LARGE_HEAP_BYTES = 2_240 * 2 ** 20;

/** As much memory as it was measured with is enough. By a rule, which nobody has seen serve, so is twice what the service had
 * resident, and room for all files of its data: half of it is the least that V8 gives a heap, and all files were in memory
 * when it was measured. Nobody has asked what a database's server has resident. */
function findMemory({ environment }: RunData, { approach, serverRssBytes }: SummaryRow) {
  const { machine, containers, stores } = environment;
  const limits = [machine.cgroup?.memoryLimitBytes, containers?.[approach]?.memoryLimitBytes];
  const hadMemoryBytes = Math.min(
    machine.memoryBytes,
    ...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY),
  );
  const resident = serverRssBytes.high ?? serverRssBytes.value;
  const files = stores[approach]?.dataBytes;
  const isRuled = approaches[approach]?.needs.includes("database") === false && files !== undefined;
  const enough = isRuled && resident <= SMALLEST_LARGE_HEAP_BYTES ? 2 * resident + files : null;
  return { hadMemoryBytes, enoughMemoryBytes: enough };
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

/** Lists what a run says of latency at a rate. */
export function listLatencies(run: RunData): OpenLatency[] {
  return summarizeOpen(run.measurements, "read")
    .filter(({ blocks }) => blocks > 0)
    .map((row: OpenRow) => ({
      ...originOf(run, row.approach),
      requestsPerSecond: row.targetRequestsPerSecond,
      p50Ms: row.latencyMs.p50.value,
      p99Ms: row.latencyMs.p99?.value ?? null,
    }));
}

/** Says what makes the figures of a run say less. */
export function describeCaveats(run: RunData): string[] {
  const noisy = findNoisyTrials(run.measurements).size;
  const all = run.measurements.length;
  return [
    ...listCaveats([run]),
    ...(noisy > 0
      ? [`${formatExact(noisy)} of ${formatExact(all)} trials met a noisy machine; they count.`]
      : []),
  ];
}
