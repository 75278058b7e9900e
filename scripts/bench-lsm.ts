// Measures what the log-structured merge tree writes and reads for what is asked of it: counts, which are alike on every machine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { DEFAULT_SEED, seededId, seededUser } from "../k6/lib/users.ts";
import { parseSize } from "../lab/data/size.ts";
import { pauseWork } from "../lab/data/work.ts";
import { formatExact } from "../lab/report/format.ts";
import { type Column, renderTable } from "../lab/report/table.ts";
import { type Counters, computeAmplification } from "../services/storage/lsm/background.ts";
import { countUsers } from "../services/storage/lsm/manifest.ts";
import { openLsmStore } from "../services/storage/lsm/store.ts";
import { asArgument, runCommand } from "./run-command.ts";

type Tree = Awaited<ReturnType<typeof openLsmStore>>;

/** Ids that are asked for, each kind. */
const LOOKUPS = 20_000;
const BATCH_USERS = 100;

const command = new Command("bench:lsm")
  .description(
    "Stores users in a log-structured merge tree, looks them up, and prints what was written and read.",
  )
  .option("--size <USERS>", "how many users, such as 10000 or 1M", asArgument(parseSize), 100_000);

await runCommand(command, async (signal) => {
  const { size } = command.opts<{ readonly size: number }>();
  const folder = mkdtempSync(join(tmpdir(), "bench-lsm-"));
  try {
    await using tree = await openLsmStore({ dataDir: folder, durability: "process", log: console.error });
    for (let start = 0; start < size; start += BATCH_USERS) {
      const end = Math.min(start + BATCH_USERS, size);
      await tree.insertMany(
        Array.from({ length: end - start }, (_, index) => seededUser(DEFAULT_SEED, start + index)),
      );
      if (start % 10_000 === 0) await pauseWork({ signal }, start, size);
    }
    await tree.settle();
    console.log(showWrites(tree));
    console.log(showReads(tree, size));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function showWrites({ counters, state }: Tree): string {
  const { userBytes, logBytes, flushedBytes, mergedBytes } = counters;
  const row = (what: string, bytes: number) => [
    what,
    formatExact(bytes),
    (bytes / userBytes.value).toFixed(2),
  ];
  const onDisk = state.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const inMemory = state.tables.reduce((sum, { bytes, dataBytes }) => sum + bytes - dataBytes, 0);
  return renderTable(toColumns(["written", "bytes", "per byte stored"]), [
    row(`${formatExact(countUsers([...state.logs, ...state.tables]))} users, as JSON`, userBytes.value),
    row("to the log", logBytes.value),
    row("to tables, from logs", flushedBytes.value),
    row("to tables, from tables", mergedBytes.value),
    ["all together: write amplification", "", computeAmplification(counters).writeAmplification.toFixed(2)],
    row(`${state.tables.length} tables on the disk now`, onDisk),
    row("of these index and filter", inMemory),
  ]);
}

function showReads(tree: Tree, size: number): string {
  const ask = (what: string, idOf: (index: number) => string) => {
    const before = structuredClone(tree.counters);
    for (let lookup = 0; lookup < LOOKUPS; lookup++) tree.findById(idOf(lookup));
    const counted = (name: keyof Counters) => tree.counters[name].value - before[name].value;
    const lookups = counted("lookups");
    const each = (name: keyof Counters) => (counted(name) / lookups).toFixed(3);
    return [what, formatExact(lookups), each("blockReads"), each("filterChecks")];
  };
  const step = Math.max(1, Math.floor(size / LOOKUPS));
  return renderTable(
    toColumns(["looked up in tables", "lookups", "blocks read each", "without Bloom filters"]),
    [
      ask("ids of stored users", (lookup) => seededId(DEFAULT_SEED, (lookup * step) % size)),
      ask("ids of nobody", (lookup) => seededId(DEFAULT_SEED, size + lookup)),
    ],
  );
}

/** Text first, then figures. */
function toColumns(titles: readonly string[]): Column<readonly string[]>[] {
  return titles.map((title, at) => ({
    title,
    align: at === 0 ? "left" : "right",
    cell: (row) => row[at] ?? "",
  }));
}
