// users.jsonl and users.idx, held open. Whoever builds them anew puts other files in their place: until somebody looks, what is
// held is the old pair, whole; from then on it is the new one.
import { closeSync, statSync } from "node:fs";
import { join } from "node:path";
import { DamagedData } from "./faults.ts";
import { fileBytes } from "./file-bytes.ts";
import { checkIndex, countUnindexed } from "./index-check.ts";
import { isIndexableId } from "./index-entry.ts";
import { completePair } from "./index-pair.ts";
import { readFitting } from "./index-search.ts";
import { type Files, openFiles } from "./indexed-files.ts";
import type { User } from "./user.ts";
import type { StoreDescription } from "./user-store.ts";

/** How long the old pair is read after a new one is there: a look at each read would cost as much as a read of an entry. */
const LOOK_MS = 100;

export interface HeldPair extends Disposable {
  /** Looks a user up. Where index and data do not fit, opens them again. */
  readonly findById: (id: string) => User | null | Promise<User | null>;
  readonly describe: () => Promise<StoreDescription>;
}

export interface HeldPairOptions<Prepared> {
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Makes ready what a pair that was just opened is searched with. */
  readonly prepare: (files: Files) => Prepared;
  readonly lookUp: (prepared: Prepared, id: string) => User | null;
}

/** Opens the pair of a folder; without an index there is nothing to find.
 * @throws DamagedData when the index is not one of the data */
export function holdPair<Prepared>(options: HeldPairOptions<Prepared>): HeldPair {
  const { dataDir, log, prepare, lookUp } = options;
  const indexFile = join(dataDir, "users.idx");
  const dataFile = join(dataDir, "users.jsonl");
  let files: Files | undefined;
  let prepared: Prepared | undefined;
  let mark = "";

  function open(): void {
    // Taken first: what is replaced from here on is seen at the next look.
    const found = markOf(indexFile);
    const opened = openFiles(indexFile, dataFile);
    close();
    [files, mark] = [opened, found];
    prepared = opened && prepare(opened);
  }

  function close(): void {
    if (files === undefined) return;
    closeSync(files.indexFd);
    closeSync(files.dataFd);
    files = prepared = undefined;
  }

  function look(): void {
    try {
      if (markOf(indexFile) !== mark) open();
    } catch (error) {
      log(`${indexFile} cannot be opened again: ${(error as Error).message}`);
    }
  }

  function read(id: string): User | null {
    try {
      return prepared === undefined ? null : lookUp(prepared, id);
    } catch (error) {
      // The data may be newer than the index: both were opened between two renames.
      if (error instanceof DamagedData) open();
      throw error;
    }
  }

  function completeAndOpen(): void {
    completePair({ dataFile, indexFile });
    open();
  }

  if (completePair({ dataFile, indexFile }))
    log(`${indexFile}: put in place, which the run of build-index that made it had left to do`);
  open();
  const indexed = files === undefined ? { entries: 0, bytes: 0 } : checkIndex(files, indexFile);
  const counting = countUnindexed({ dataFile, indexFile, log }, indexed);
  counting.catch((error) => log(`${dataFile}: ${error.message}`));
  const looking = setInterval(look, LOOK_MS).unref();
  return {
    findById: (id) => (isIndexableId(id) ? readFitting(() => read(id), completeAndOpen) : null),
    describe: async () => ({
      recordsAtStart: indexed.entries,
      dataBytes: fileBytes(indexFile) + fileBytes(dataFile),
      settings: { openFlags: "r", lookMs: LOOK_MS, unindexedRecords: await counting },
    }),
    [Symbol.dispose]() {
      clearInterval(looking);
      close();
    },
  };
}

/** Returns what another file of that name, or the same one with something else in it, would have otherwise. */
function markOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeMs}`;
}
