// What opening and closing its files on each read costs binary search, and how near SQLite it comes without: lookups in
// a bare process, no HTTP around them.
import type { Experiment } from "../experiment.ts";
import { type Asked, openStore, startLookups } from "../open-store.ts";
import { type Round, takeWarmTurns, timeRepeated } from "../turns.ts";

export interface HeldDescriptors {
  readonly size: number;
  /** Milliseconds per lookup. */
  readonly rounds: readonly Round<"opened" | "held" | "sqlite">[];
}

export const heldDescriptors: Experiment<HeldDescriptors> = {
  question: "what does opening the files on each read cost binary search?",
  uses: ["binary", "sqlite"],
  estimateMs: (_largest, rounds) => 1_000 + rounds * 1_000,
  async run({ largest: size, rounds, turnMs, dataSeed, seed, folderOf, inProcess }) {
    const folders = { binary: folderOf(size, "binary"), sqlite: folderOf(size, "sqlite") };
    const args = { folders, size, dataSeed, seed, rounds, turnMs };
    return { size, rounds: await inProcess(import.meta.url, timeLookups, args) };
  },
};

export async function timeLookups({
  folders,
  rounds,
  turnMs,
  ...asked
}: Asked & {
  readonly folders: { readonly binary: string; readonly sqlite: string };
  readonly rounds: number;
  readonly turnMs: number;
}) {
  await using binary = await openStore("binary", folders.binary);
  await using sqlite = await openStore("sqlite", folders.sqlite);
  await using held = await openStore("binary-held", folders.binary);
  const time = (findById: (id: string) => unknown) => {
    const lookUp = startLookups(findById, asked);
    return () => timeRepeated(lookUp, turnMs);
  };
  const ways = { opened: time(binary.findById), held: time(held.findById), sqlite: time(sqlite.findById) };
  return await takeWarmTurns(ways, { rounds, seed: asked.seed });
}
