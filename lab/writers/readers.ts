// Readers of one SQLite file: beside a process that writes without pause, and in four processes at once.
import { availableParallelism } from "node:os";
import { startRandom } from "../../k6/lib/random.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { shuffleBy } from "../lesson/turns.ts";
import { createLanes } from "./lane.ts";
import { postFor, startRecorder } from "./phases.ts";
import { readFor } from "./reading.ts";
import type { ManyReadersRecord, ReadersRecord, ReadFigures } from "./record.ts";
import { copyData, type Stage, WAIT_LIMIT_MS } from "./stage.ts";

const JOURNALS = ["delete", "wal"] as const;
const READER_CONNECTIONS = 4;
const READER_PAUSE_MS = 2;
/** A reader that gives up at once would show errors where this shows how long it is kept waiting. */
const BUSY_TIMEOUT_MS = "5000";
const WARMUP_PART = 0.3;
export const MANY_READERS = 4;
/** To be shared evenly by four processes. */
const MANY_CONNECTIONS = 48;

/** Measures reads at one process alone and while another writes, in both journal modes, in an order drawn from the seed. */
export async function measureReaders(
  stage: Stage,
  { name, row }: { readonly name: string; readonly row: Approach },
  { block, seed }: { readonly block: number; readonly seed: number },
): Promise<ReadersRecord[]> {
  const random = startRandom(seed);
  const records: ReadersRecord[] = [];
  for (const journal of shuffleBy(JOURNALS, random)) {
    await using data = await copyData(stage, name, row);
    const settings = { SQLITE_JOURNAL_MODE: journal, SQLITE_BUSY_TIMEOUT_MS: BUSY_TIMEOUT_MS };
    await using group = await data.startGroup({ processes: 2, settings });
    const [writer, reader] = group.addresses.map((address) => [address]);
    const options = { waitLimitMs: WAIT_LIMIT_MS, signal: stage.signal };
    const readers = createLanes(reader ?? [], READER_CONNECTIONS, options);
    const writers = createLanes(writer ?? [], stage.connections, options);
    const { dataSeed, durationMs, size } = stage;
    const plan = { dataSeed, nextIndex: () => random(size), pauseMs: READER_PAUSE_MS };
    try {
      const recorder = startRecorder(dataSeed);
      await readFor(readers, { ...plan, durationMs: durationMs * WARMUP_PART });
      await postFor(writers, recorder, durationMs * WARMUP_PART);
      const measureAlone = () => readFor(readers, { ...plan, durationMs });
      const measureBeside = async () => {
        const [posted, reads] = await Promise.all([postFor(writers, recorder, durationMs), measureAlone()]);
        return { reads, writesPerSecond: (posted.acknowledged / posted.windowMs) * 1000 };
      };
      const isAloneFirst = random(2) === 0;
      const before = isAloneFirst ? await measureAlone() : null;
      const beside = await measureBeside();
      const alone = before ?? (await measureAlone());
      const { reads: besideWriter, writesPerSecond } = beside;
      records.push({ journal, block, alone, besideWriter, writesPerSecond });
    } finally {
      for (const lane of [...readers, ...writers]) lane[Symbol.dispose]();
    }
  }
  return records;
}

/** Measures the same reads at one of four processes and shared by all of them. */
export async function measureManyReaders(
  stage: Stage,
  { name, row }: { readonly name: string; readonly row: Approach },
  { block, seed }: { readonly block: number; readonly seed: number },
): Promise<ManyReadersRecord> {
  const random = startRandom(seed);
  const { dataSeed, durationMs, size, signal } = stage;
  const plan = { dataSeed, nextIndex: () => random(size), pauseMs: 0 };
  await using data = await copyData(stage, name, row);
  await using group = await data.startGroup({ processes: MANY_READERS });
  const measure = async (processes: number) => {
    const addresses = group.addresses.slice(0, processes);
    const lanes = createLanes(addresses, MANY_CONNECTIONS, { waitLimitMs: WAIT_LIMIT_MS, signal });
    try {
      await readFor(lanes, { ...plan, durationMs: durationMs * WARMUP_PART });
      const [startMs, services, client] = [
        performance.now(),
        await group.readCpuMicros(),
        process.cpuUsage(),
      ];
      const figures: ReadFigures = await readFor(lanes, { ...plan, durationMs });
      const { user, system } = process.cpuUsage(client);
      const busyMicros = (await group.readCpuMicros()) - services + user + system;
      const wallMicros = (performance.now() - startMs) * 1000;
      return { figures, busyShare: busyMicros / wallMicros / availableParallelism() };
    } finally {
      for (const lane of lanes) lane[Symbol.dispose]();
    }
  };
  const results = new Map<number, Awaited<ReturnType<typeof measure>>>();
  for (const processes of shuffleBy([1, MANY_READERS], random))
    results.set(processes, await measure(processes));
  const [one, four] = [1, MANY_READERS].map(
    (processes) => results.get(processes) as Awaited<ReturnType<typeof measure>>,
  );
  if (one === undefined || four === undefined) throw new Error("unreachable: both were measured");
  return {
    block,
    one: one.figures,
    four: four.figures,
    oneBusyShare: one.busyShare,
    fourBusyShare: four.busyShare,
  };
}
