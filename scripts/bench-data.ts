// Measures the data tools against the lessons' own ways: the same seeded file for all, a fresh process and fresh files
// for each measurement, one after the other and in alternating order.

import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Command, Option } from "commander";
import { importLessonWay } from "../lab/controls/lesson-import.ts";
import { buildIndexLessonWay } from "../lab/controls/lesson-index.ts";
import { buildIndex } from "../lab/data/build-index.ts";
import { importToSqlite } from "../lab/data/import-sqlite.ts";
import { syncFile } from "../lab/data/replace-file.ts";
import { writeSeededUsers } from "../lab/data/seed.ts";
import { parseSize } from "../lab/data/size.ts";
import { median } from "../lab/measure/statistics.ts";
import { asArgument, runCommand } from "./run-command.ts";

/** What one process measured of itself. */
interface Measurement {
  readonly seconds: number;
  /** Largest resident set of the process. */
  readonly peakBytes: number;
}

type Job = (dataFile: string, otherFile: string) => unknown;

/** Each pair writes the same files: ours, and the control. */
const PAIRS = {
  index: {
    ours: (dataFile, indexFile) => buildIndex({ dataFile, indexFile }),
    control: buildIndexLessonWay,
  },
  import: {
    ours: (dataFile, databaseFile) => importToSqlite({ dataFile, databaseFile }),
    control: importLessonWay,
  },
} satisfies Record<string, Record<"ours" | "control", Job>>;

type Tool = keyof typeof PAIRS;
type Way = "ours" | "control";
const OTHER_FILES: Record<Tool, string> = { index: "users.idx", import: "users.db" };

const command = new Command("bench-data")
  .description("Measure build-index and import-jsonl against the lessons' own ways.")
  .option("--size <N>", "users: 10000, 10k, 1M", asArgument(parseSize), 1_000_000)
  .option("--rounds <N>", "measurements of each", asArgument(parseSize), 3)
  .option("--dir <PATH>", "where to put the temporary files", tmpdir())
  .addOption(new Option("--job <NAME...>", "run one job in this process: tool, way, folder").hideHelp());

await runCommand(command, async (signal) => {
  const { size, rounds, dir, job } = command.opts<{
    size: number;
    rounds: number;
    dir: string;
    job?: string[];
  }>();
  if (job !== undefined) return printOwnMeasurement(job as [Tool, Way, string]);
  const folder = mkdtempSync(join(resolve(dir), "bench-data-"));
  try {
    await writeSeededUsers({ file: join(folder, "seeded.jsonl"), size, signal });
    for (const tool of Object.keys(PAIRS) as Tool[]) await compare(tool, { folder, rounds, signal });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface CompareOptions {
  readonly folder: string;
  readonly rounds: number;
  readonly signal: AbortSignal;
}

async function compare(tool: Tool, { folder, rounds, signal }: CompareOptions): Promise<void> {
  const seconds: Record<Way, number[]> = { ours: [], control: [] };
  for (let round = 0; round < rounds; round++)
    for (const way of round % 2 === 0 ? (["ours", "control"] as const) : (["control", "ours"] as const)) {
      const measured = await measureInOwnProcess(tool, way, folder, signal);
      seconds[way].push(measured.seconds);
      const peakMib = measured.peakBytes / 1024 ** 2;
      console.log(
        `${tool} ${way.padEnd(7)} ${measured.seconds.toFixed(2)} s, peak ${peakMib.toFixed(0)} MiB`,
      );
    }
  const ratio = median(seconds.control) / median(seconds.ours);
  console.log(
    `${tool}: median ${median(seconds.ours).toFixed(2)} s, ` +
      `the lesson's way ${median(seconds.control).toFixed(2)} s, ${ratio.toFixed(2)} times as long`,
  );
}

async function measureInOwnProcess(
  tool: Tool,
  way: Way,
  folder: string,
  signal: AbortSignal,
): Promise<Measurement> {
  // Both ways sort the data file, so each measurement gets a copy in the seeded order, and waits until the disk has it:
  // otherwise writing the copy would be measured as well.
  copyFileSync(join(folder, "seeded.jsonl"), join(folder, "users.jsonl"));
  syncFile(join(folder, "users.jsonl"));
  rmSync(join(folder, OTHER_FILES[tool]), { force: true });
  const args = [import.meta.filename, "--job", tool, way, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal });
  return JSON.parse(stdout);
}

async function printOwnMeasurement([tool, way, folder]: [Tool, Way, string]): Promise<void> {
  const startMs = performance.now();
  await PAIRS[tool][way](join(folder, "users.jsonl"), join(folder, OTHER_FILES[tool]));
  const measurement: Measurement = {
    seconds: (performance.now() - startMs) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  console.log(JSON.stringify(measurement));
}
