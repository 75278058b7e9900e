// What it takes to load all users into a map: the lesson's way, which puts the file into one string, and ours. A fresh
// process each time.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadLessonWay } from "../../controls/lesson-load.ts";
import { type Experiment, heavyRounds } from "../experiment.ts";
import { openStore } from "../open-store.ts";
import { nameWay, type Round, takeTurns } from "../turns.ts";

export type LoadingWay = "lesson" | "ours";

/** What loading took once. */
export interface Loaded {
  readonly milliseconds: number;
  /** Resident memory that came with it. */
  readonly bytes: number;
}

export interface Loading {
  readonly sizes: readonly number[];
  /** By way and size: "lesson 1000000". */
  readonly rounds: readonly Round<string, Loaded>[];
  /** Length of the largest file as a string. */
  readonly characters: number;
}

export const loading: Experiment<Loading> = {
  question: "what does loading all users into a map take?",
  uses: ["map"],
  estimateMs: (largest, rounds) => heavyRounds({ rounds }) * (2_000 + largest * 0.009),
  async run(tools) {
    const { sizes, largest, seed, folderOf, inProcess } = tools;
    const measure = (way: LoadingWay, size: number) => () =>
      inProcess(import.meta.url, loadOnce, { way, dataDir: folderOf(size, "map"), size });
    const ways = Object.fromEntries(
      sizes.flatMap((size) =>
        (["lesson", "ours"] as const).map((way) => [nameWay(way, size), measure(way, size)]),
      ),
    );
    const rounds = await takeTurns(ways, { rounds: heavyRounds(tools), seed });
    const file = join(folderOf(largest, "map"), "users.jsonl");
    const characters = await inProcess(import.meta.url, countCharacters, { file });
    return { sizes, rounds, characters };
  },
};

/** @throws Error when not all users were loaded */
export async function loadOnce(args: {
  readonly way: LoadingWay;
  readonly dataDir: string;
  readonly size: number;
}): Promise<Loaded> {
  const bytesBefore = process.memoryUsage.rss();
  const startedMs = performance.now();
  const loaded = await WAYS[args.way](args.dataDir);
  const milliseconds = performance.now() - startedMs;
  const bytes = process.memoryUsage.rss() - bytesBefore;
  const users = await loaded.count();
  if (users !== args.size) throw new Error(`loaded ${users} of ${args.size} users`);
  return { milliseconds, bytes };
}

const WAYS: Readonly<Record<LoadingWay, (dataDir: string) => Promise<{ count: () => Promise<number> }>>> = {
  async lesson(dataDir) {
    const users = loadLessonWay(join(dataDir, "users.jsonl"));
    return { count: async () => users.size };
  },
  async ours(dataDir) {
    const store = await openStore("map", dataDir);
    return { count: async () => (await store.describe()).recordsAtStart };
  },
};

export function countCharacters({ file }: { readonly file: string }): number {
  return readFileSync(file, "utf8").length;
}
