// Sorting the records of a file that may be larger than memory: sorted runs in temporary files, then a merge.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readBatch } from "./batch-sort.ts";
import { mergeSorted, type SortedRecords } from "./merge.ts";
import type { TornLine } from "./record-batch.ts";
import { type ScanOptions, scanRecords } from "./record-scan.ts";
import type { RecordView } from "./record-view.ts";
import { createRun, openRun } from "./run-file.ts";
import { pauseWork, type WorkOptions } from "./work.ts";

/** Memory for the lines of one run. With 80 MiB a run has fewer records than a batch may have, however short. */
const RUN_BYTES = 80 * 1024 * 1024;
/** Runs merged at once, and memory for reading each. Files above 5 GiB are merged in several passes. */
const MERGE_WIDTH = 64;
const MERGE_BUFFER_BYTES = 1024 * 1024;
const RECORDS_PER_PAUSE = 16_384;

export interface SortOptions extends Pick<ScanOptions, "source" | "checkId">, WorkOptions {
  /** Folder for the runs. Small input makes none. */
  readonly workFolder: string;
  /** Smaller values for tests. */
  readonly runBytes?: number | undefined;
  readonly mergeWidth?: number | undefined;
}

export interface SortResult {
  readonly records: number;
  readonly torn: TornLine | null;
}

/**
 * Hands the records of a file to `take` in byte order of their ids, equal ids in file order. Nothing is handed over
 * before every line has been checked. The view is valid during the call only.
 * Progress is in bytes: the file's size for reading and the same again for handing over.
 * @throws DamagedData for a line that is not a user, and for one whose id is refused
 */
export async function sortRecords(options: SortOptions, take: TakeRecord): Promise<SortResult> {
  const { source, checkId, workFolder, runBytes = RUN_BYTES, mergeWidth = MERGE_WIDTH } = options;
  const totalBytes = 2 * source.sizeBytes;
  const pauseAt = (doneBytes: number) => pauseWork(options, Math.min(doneBytes, totalBytes), totalBytes);
  let handedBytes = 0;
  const handOver = (record: RecordView) => {
    handedBytes += record.lineEnd - record.lineStart + 1;
    take(record);
  };
  const pauseHandingOver = () => pauseAt(source.sizeBytes + handedBytes);

  let runs: string[] = [];
  let records = 0;
  let torn: TornLine | null = null;
  for (const batch of scanRecords({ source, batchBytes: runBytes, checkId })) {
    records += batch.count;
    const pauseReading = () => pauseAt(batch.offsetBytes + batch.lineBytes);
    await pauseReading();
    if (!batch.isLast) {
      runs.push(await writeRun(join(workFolder, `run-${runs.length}`), readBatch(batch), pauseReading));
      continue;
    }
    torn = batch.torn;
    while (runs.length > mergeWidth) runs = await mergeNeighbours(runs, mergeWidth, pauseHandingOver);
    await visitMerged({ runs, lastBatch: readBatch(batch) }, handOver, pauseHandingOver);
  }
  return { records, torn };
}

type TakeRecord = (record: RecordView) => void;
type Pause = () => Promise<void>;

async function visitAll(records: Iterable<RecordView>, visit: TakeRecord, pause: Pause): Promise<void> {
  let visited = 0;
  for (const record of records) {
    visit(record);
    if (++visited % RECORDS_PER_PAUSE === 0) await pause();
  }
}

async function writeRun(path: string, sorted: SortedRecords, pause: Pause): Promise<string> {
  using run = createRun(path);
  await visitAll(mergeSorted([sorted]), run.write, pause);
  run.finish();
  return path;
}

interface MergeInput {
  readonly runs: readonly string[];
  /** Comes after all runs in the file, and needs no run of its own. */
  readonly lastBatch?: SortedRecords;
}

async function visitMerged({ runs, lastBatch }: MergeInput, visit: TakeRecord, pause: Pause): Promise<void> {
  using readers = new DisposableStack();
  const inputs: SortedRecords[] = runs.map((path) => readers.use(openRun(path, MERGE_BUFFER_BYTES)));
  if (lastBatch !== undefined) inputs.push(lastBatch);
  await visitAll(mergeSorted(inputs), visit, pause);
}

/** Merges groups of runs that are neighbours, because equal ids stay in file order only so. Returns the new runs. */
async function mergeNeighbours(runs: readonly string[], width: number, pause: Pause): Promise<string[]> {
  const merged: string[] = [];
  for (let start = 0; start < runs.length; start += width) {
    const group = runs.slice(start, start + width);
    using run = createRun(`${group[0]}-merged`);
    await visitMerged({ runs: group }, run.write, pause);
    run.finish();
    for (const path of group) rmSync(path);
    merged.push(`${group[0]}-merged`);
  }
  return merged;
}
