// Sorting the records of a file that may be larger than memory: sorted runs in temporary files, then a merge.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { sortBatch, viewRecord } from "./batch-sort.ts";
import { mergeRuns } from "./merge.ts";
import { type RecordBatch, type ScanOptions, scanRecords, type TornLine } from "./record-scan.ts";
import { createView, type RecordView } from "./record-view.ts";
import { createRun, openRun } from "./run-file.ts";
import { pauseWork, type WorkOptions } from "./work.ts";

/** Memory for the lines of one run. At 64 MiB a run has fewer records than a batch may have, whatever they are. */
const RUN_BYTES = 64 * 1024 * 1024;
/** Runs merged at once, and memory for reading each. Larger files, above 4 GiB, are merged in several passes. */
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
    torn = batch.torn;
    await pauseAt(batch.offsetBytes + batch.lineBytes);
    if (batch.isLast && runs.length === 0) await visitAll(inOrder(batch), handOver, pauseHandingOver);
    else runs.push(await writeRun(join(workFolder, `run-${runs.length}`), inOrder(batch), pauseHandingOver));
  }
  while (runs.length > mergeWidth) runs = await mergeNeighbours(runs, mergeWidth, pauseHandingOver);
  if (runs.length > 0) await visitMerged(runs, handOver, pauseHandingOver);
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

function* inOrder(batch: RecordBatch): Generator<RecordView> {
  const view = createView();
  for (const i of sortBatch(batch)) {
    viewRecord(view, batch, i);
    yield view;
  }
}

async function writeRun(path: string, records: Iterable<RecordView>, pause: Pause): Promise<string> {
  using run = createRun(path);
  await visitAll(records, run.write, pause);
  run.finish();
  return path;
}

async function visitMerged(paths: readonly string[], visit: TakeRecord, pause: Pause): Promise<void> {
  using readers = new DisposableStack();
  const runs = paths.map((path) => readers.use(openRun(path, MERGE_BUFFER_BYTES)));
  await visitAll(mergeRuns(runs), visit, pause);
}

/** Merges groups of runs that are neighbours, because equal ids stay in file order only so. Returns the new runs. */
async function mergeNeighbours(runs: readonly string[], width: number, pause: Pause): Promise<string[]> {
  const merged: string[] = [];
  for (let start = 0; start < runs.length; start += width) {
    const group = runs.slice(start, start + width);
    using run = createRun(`${group[0]}-merged`);
    await visitMerged(group, run.write, pause);
    run.finish();
    for (const path of group) rmSync(path);
    merged.push(`${group[0]}-merged`);
  }
  return merged;
}
