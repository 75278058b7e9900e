// Control: what a request costs each load generator that is at hand, and how late it is with those of an open load. They
// take turns, in an order that moves on, against the service that stores nothing, which is the quickest.
//
//   node lab/controls/generator-cost.ts [ROUNDS] [closed|open] [--all-rates]
//
// With --all-rates a generator is also asked for rates that a bench does not ask it for, as k6 above 2,000/s.
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import type { Load, LoadReport } from "../load/generator.ts";
import { findGenerators } from "../load/generators.ts";
import { median } from "../measure/statistics.ts";
import { renderTable } from "../report/table.ts";
import { startService } from "../targets/native-service.ts";
import { placeOnCores, readAllowedCores } from "../targets/placement.ts";

const LOADS: Record<string, Partial<Load>> = {
  "closed, 50 connections": {},
  "open, 100/s": { requestsPerSecond: 100 },
  "open, 1,000/s": { requestsPerSecond: 1_000 },
  "open, 5,000/s": { requestsPerSecond: 5_000 },
  "open, 10,000/s": { requestsPerSecond: 10_000 },
};

const { values, positionals } = parseArgs({
  options: { "all-rates": { type: "boolean", default: false } },
  allowPositionals: true,
});
const [roundsText = "5", kind = ""] = positionals;
const rounds = Number(roundsText);
const generators = await findGenerators();
const { service: cpus, generator: cores } = placeOnCores(readAllowedCores());
await using service = await startService({ approach: "baseline", dataDir: tmpdir(), cpus });
const limits = { warmupMs: 500, durationMs: 3_000, waitLimitMs: 30_000 };
const asked = { workload: "read", size: 10_000, dataSeed: 1, storesUsers: false, connections: 50 } as const;

const reports = new Map<string, LoadReport[]>();
for (let round = 0; round < rounds; round++) {
  const order = generators.map((_, index) => generators[(index + round) % generators.length]);
  for (const [name, special] of Object.entries(LOADS).filter(([name]) => name.startsWith(kind))) {
    const load: Load = { ...service, ...asked, ...limits, ...special, seed: round };
    for (const generator of order.filter((candidate) => candidate?.canMake(toAskable(load)))) {
      const row = `${generator?.name}: ${name}`;
      const options = { cpus: cores.slice(0, 1), beforeMeasuring: async () => {} };
      const report = await generator?.run(load, options);
      if (report) reports.set(row, [...(reports.get(row) ?? []), report]);
      console.error(`${round + 1}/${rounds} ${row}`);
    }
  }
}

/** What decides whether a generator is asked. One that makes open loads at all makes the slowest. */
function toAskable(load: Load): Load {
  const isOpen = load.requestsPerSecond !== undefined;
  return values["all-rates"] && isOpen ? { ...load, requestsPerSecond: 1 } : load;
}

type Row = [name: string, reports: LoadReport[]];
const over = (format: (value: number) => string, read: (report: LoadReport) => number) => (row: Row) => {
  const values = row[1].map(read).sort((a, b) => a - b);
  return `${format(median(values))} (${format(values[0] ?? 0)} – ${format(values.at(-1) ?? 0)})`;
};
const ms = (value: number) => value.toFixed(3);
console.log(
  `${renderTable<Row>(
    [
      { title: "load", align: "left", cell: ([name]) => name },
      {
        title: "requests/s",
        align: "right",
        cell: over(
          (n) => n.toFixed(0),
          ({ requests, windowMs }) => (requests / windowMs) * 1000,
        ),
      },
      {
        title: "µs of CPU each",
        align: "right",
        cell: over(
          (n) => n.toFixed(1),
          ({ cpuMicros, requests }) => cpuMicros / requests,
        ),
      },
      {
        title: "dropped",
        align: "right",
        cell: over(
          (n) => n.toFixed(0),
          (report) => report.droppedIterations,
        ),
      },
      { title: "p50 ms", align: "right", cell: over(ms, ({ latencyMs }) => latencyMs.p50) },
      { title: "p50 late ms", align: "right", cell: over(ms, ({ latenessMs }) => latenessMs?.p50 ?? 0) },
      { title: "p99 late ms", align: "right", cell: over(ms, ({ latenessMs }) => latenessMs?.p99 ?? 0) },
    ],
    [...reports].sort(([a], [b]) => a.localeCompare(b)),
  )}\n\nmedian (lowest – highest) of ${rounds} windows of ${limits.durationMs / 1000} s`,
);
