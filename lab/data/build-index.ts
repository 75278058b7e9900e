// Sorts users.jsonl by id and writes users.idx for it: see services/storage/index-entry.ts for the format.
import { readSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ID_BYTES } from "../../services/storage/index-entry.ts";
import { completePair, removeWaitingIndexes, replacePair } from "../../services/storage/index-pair.ts";
import { replaceFile } from "../../services/storage/replaced-file.ts";
import { createWorkFolder } from "../../services/storage/work-folder.ts";
import { sortRecords } from "./external-sort.ts";
import { createIndex, type IndexWriter, isIndexableIdBytes } from "./index-writer.ts";
import { createOutput } from "./output-file.ts";
import type { RecordBatch, TornLine } from "./record-batch.ts";
import { scanRecords } from "./record-scan.ts";
import { saveAside } from "./replace-file.ts";
import { openSource, type SourceFile } from "./source-file.ts";
import { pauseWork, type WorkOptions } from "./work.ts";

const SCAN_BATCH_BYTES = 1024 * 1024;
const NEWLINE = Buffer.from("\n");

export interface BuildIndexOptions extends WorkOptions {
  readonly dataFile: string;
  /** users.idx beside the data file, unless another is asked for. */
  readonly indexFile?: string | undefined;
  /** Smaller for tests. */
  readonly runBytes?: number | undefined;
}

export interface IndexResult {
  /** Entries in the index: records with different ids. */
  readonly records: number;
  /** Records without an entry, because one with the same id stands before them. They stay in the data file. */
  readonly duplicates: number;
  /** A last line that is no record. `keptIn` names the file that has its bytes now, or is null when the data file,
   * which was left as it is, still has them. */
  readonly torn: (TornLine & { readonly keptIn: string | null }) | null;
}

/**
 * Sorts a data file by id, in plain string order, and writes its index. Both are replaced, the data file only if it is not
 * sorted yet; services/storage/index-pair.ts says how. What an earlier run that was killed has begun is finished or removed.
 * Nothing else may write to the data file meanwhile; if it changed, nothing is replaced. Progress is in bytes.
 * @throws DamagedData for a line that is not a user or whose id does not fit an index entry
 */
export async function buildIndex(options: BuildIndexOptions): Promise<IndexResult> {
  using source = openSource(options.dataFile);
  const indexFile = options.indexFile ?? join(dirname(options.dataFile), "users.idx");
  completePair({ dataFile: source.path, indexFile });
  using dataFolder = createWorkFolder(source.path, options.onRemoved);
  using indexFolder = createWorkFolder(indexFile, options.onRemoved);
  const newData = join(dataFolder.path, "users.jsonl");
  const newIndex = join(indexFolder.path, "users.idx");

  const asItIs = await indexIfSorted(source, newIndex, options);
  if (asItIs !== null) {
    source.assertUnchanged();
    replaceFile(newIndex, indexFile);
    removeWaitingIndexes(indexFile);
    return { ...asItIs, torn: asItIs.torn && { ...asItIs.torn, keptIn: null } };
  }
  const sorted = await sortAndIndex({ source, newData, newIndex, workFolder: dataFolder.path }, options);
  source.assertUnchanged();
  const keptIn = sorted.torn && saveAside(options.dataFile, "torn", readTorn(source, sorted.torn));
  replacePair({ dataFile: newData, indexFile: newIndex }, { dataFile: source.path, indexFile });
  removeWaitingIndexes(indexFile);
  return { ...sorted, torn: sorted.torn && { ...sorted.torn, keptIn } };
}

interface Indexed {
  readonly records: number;
  readonly duplicates: number;
  readonly torn: TornLine | null;
}

/** Writes the index of a data file that is sorted already. Returns null, and leaves no index, when it is not. */
async function indexIfSorted(
  source: SourceFile,
  newIndex: string,
  work: WorkOptions,
): Promise<Indexed | null> {
  using index = createIndex(newIndex);
  let torn: TornLine | null = null;
  for (const batch of scanRecords({ source, batchBytes: SCAN_BATCH_BYTES, checkId: requireIndexableId })) {
    if (!addAll(index, batch)) {
      rmSync(newIndex);
      return null;
    }
    torn = batch.torn;
    await pauseWork(work, batch.offsetBytes + batch.lineBytes, source.sizeBytes);
  }
  index.finish();
  return { records: index.entries(), duplicates: index.duplicates(), torn };
}

function addAll(index: IndexWriter, batch: RecordBatch): boolean {
  for (let i = 0; i < batch.count; i++) {
    const offsetBytes = batch.offsetBytes + (batch.lineStarts[i] as number);
    if (!index.add(batch.bytes, batch.idStarts[i] as number, batch.idEnds[i] as number, offsetBytes))
      return false;
  }
  return true;
}

interface SortFiles {
  readonly source: SourceFile;
  readonly newData: string;
  readonly newIndex: string;
  readonly workFolder: string;
}

async function sortAndIndex(files: SortFiles, { runBytes, ...work }: BuildIndexOptions): Promise<Indexed> {
  const { source, workFolder } = files;
  using data = createOutput(files.newData);
  using index = createIndex(files.newIndex);
  const { torn } = await sortRecords(
    { source, workFolder, runBytes, checkId: requireIndexableId, ...work },
    ({ bytes, lineStart, lineEnd, idStart, idEnd }) => {
      index.add(bytes, idStart, idEnd, data.offsetBytes());
      data.writeBytes(bytes, lineStart, lineEnd);
      data.writeBytes(NEWLINE, 0, NEWLINE.length);
    },
  );
  data.finish();
  index.finish();
  return { records: index.entries(), duplicates: index.duplicates(), torn };
}

function requireIndexableId(bytes: Buffer, start: number, end: number): void {
  if (isIndexableIdBytes(bytes, start, end)) return;
  const id = JSON.stringify(bytes.toString("utf8", start, end));
  throw new RangeError(`id ${id} is not 1 to ${ID_BYTES} printable ASCII characters without spaces`);
}

function readTorn(source: SourceFile, { offsetBytes, lengthBytes }: TornLine): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  readSync(source.fd, bytes, 0, lengthBytes, offsetBytes);
  return bytes;
}
