// What a linear scan spends its time on: reading the file, cutting it into lines, parsing them. Each way does all that
// the one before it does and one thing more. And what it costs when the file is not in memory.
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Experiment } from "../experiment.ts";
import { dropPages } from "../resident-pages.ts";
import { type Round, takeWarmTurns, timeRepeated } from "../turns.ts";

export interface ScanParts {
  readonly size: number;
  /** Milliseconds for the whole file, which is in memory. */
  readonly rounds: readonly Round<"read" | "lines" | "parse">[];
  /** The scan with parsing, with the file in memory and with none of it; null where a file cannot be taken out of memory. */
  readonly cold: readonly Round<"warm" | "cold">[] | null;
}

export const scanParts: Experiment<ScanParts> = {
  question: "what does a linear scan spend its time on?",
  uses: ["linear"],
  estimateMs: (largest, rounds) => (rounds + 1) * (600 + largest * 0.005),
  async run({ largest, rounds, seed, turnMs, folderOf, inProcess }) {
    const file = join(folderOf(largest, "linear"), "users.jsonl");
    const args = { file, rounds, seed, turnMs };
    const parts = await inProcess(import.meta.url, timeParts, args);
    const cold = dropPages(file) ? await inProcess(import.meta.url, timeCold, args) : null;
    return { size: largest, rounds: parts, cold };
  },
};

interface ScanArgs {
  readonly file: string;
  readonly rounds: number;
  readonly seed: number;
  readonly turnMs: number;
}

export async function timeParts({ file, rounds, seed, turnMs }: ScanArgs) {
  const ways = {
    read: () => timeRepeated(() => readBytes(file), turnMs),
    lines: () => timeRepeated(() => readLines(file, () => {}), turnMs),
    parse: () => timeRepeated(() => readLines(file, JSON.parse), turnMs),
  };
  return await takeWarmTurns(ways, { rounds, seed });
}

export async function timeCold({ file, rounds, seed }: ScanArgs) {
  const scan = () => timeRepeated(() => readLines(file, JSON.parse), 0);
  const ways = {
    async warm() {
      await readBytes(file);
      return scan();
    },
    async cold() {
      if (!dropPages(file)) throw new Error(`${file} did not leave the page cache`);
      return scan();
    },
  };
  return await takeWarmTurns(ways, { rounds, seed });
}

async function readBytes(file: string): Promise<void> {
  for await (const _chunk of createReadStream(file));
}

async function readLines(file: string, use: (line: string) => unknown): Promise<void> {
  const input = createReadStream(file, { encoding: "utf8" });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== "") use(line);
  }
}
