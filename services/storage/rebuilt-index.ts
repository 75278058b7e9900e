// users.jsonl, to which users are appended, and users.idx, which is made anew in the background when it lacks too many of them.
// Until then those are found in a map, the tail. While an index is being made there are two: the users that it is going to have,
// and those that have come since.
import { closeSync } from "node:fs";
import { join } from "node:path";
import { StoreUnavailable } from "./faults.ts";
import { fileBytes } from "./file-bytes.ts";
import { ENTRY_BYTES, isIndexableId } from "./index-entry.ts";
import { completePair } from "./index-pair.ts";
import { type RebuildOptions, rebuildIndex } from "./index-rebuild.ts";
import { lookUp } from "./index-search.ts";
import { readReach, readTail } from "./index-tail.ts";
import { type Files, openFiles } from "./indexed-files.ts";
import { addUser } from "./jsonl-users.ts";
import { createThreads } from "./threads.ts";
import type { User } from "./user.ts";
import { removeLeftFolders } from "./work-folder.ts";

/** Users that the tail may have, in multiples of those after which the index is made anew: then writes wait for it. */
const TAIL_MAX_SHARE = 4;

export interface RebuiltIndex extends AsyncDisposable {
  readonly find: (id: string) => User | null;
  /** Takes a user that the file has. */
  readonly add: (user: User) => void;
  /** Resolves when there is room for another user. @throws StoreUnavailable when the index cannot be made anew */
  readonly room: () => void | Promise<void>;
  readonly counts: () => { readonly indexed: number; readonly tail: number; readonly rebuilds: number };
  readonly isRebuilding: () => boolean;
}

export interface RebuiltIndexOptions {
  readonly dataDir: string;
  /** Users of the tail after which the index is made anew. */
  readonly rebuildAfter: number;
  readonly log: (line: string) => void;
}

/** Opens the files of a folder, whose end is sound. A tail that a killed process has left is put into the index, as far as it is
 * too long. @throws DamagedData for a line of the tail that is no user, and for an index that is not one of the data */
export async function openRebuiltIndex({
  dataDir,
  rebuildAfter,
  log,
}: RebuiltIndexOptions): Promise<RebuiltIndex> {
  const dataFile = join(dataDir, "users.jsonl");
  const indexFile = join(dataDir, "users.idx");
  removeLeftFolders(indexFile);
  completePair({ dataFile, indexFile });
  let tail = new Map<string, User>();
  /** Those that the index is going to have. */
  let frozen = new Map<string, User>();
  let files: Files | undefined;
  let rebuilding: Promise<void> | null = null;
  let rebuilds = 0;

  /** Reads the tail as far as it may be long. Returns the byte at which the rest of it begins, null when there is none. */
  async function readOwnTail(from: number): Promise<number | null> {
    tail = new Map();
    const until = fileBytes(dataFile);
    for await (const users of readTail(dataFile, from, until)) {
      for (const { user, byte } of users) {
        if (tail.size >= rebuildAfter) return byte;
        addUser(tail, user);
      }
    }
    return null;
  }

  function reopen(): void {
    const opened = openFiles(indexFile, dataFile);
    close();
    files = opened;
  }

  function close(): void {
    if (files === undefined) return;
    closeSync(files.indexFd);
    closeSync(files.dataFd);
    files = undefined;
  }

  async function rebuild(): Promise<void> {
    const before = rebuilds;
    [frozen, tail] = [tail, new Map()];
    try {
      // The file has all of them: they were added when it had.
      await rebuildInThread({ dataFile, indexFile, untilByte: fileBytes(dataFile) });
      reopen();
      rebuilds++;
    } catch (error) {
      log(`${indexFile} cannot be made anew: ${(error as Error).message}`);
      for (const user of tail.values()) addUser(frozen, user);
      tail = frozen;
    }
    frozen = new Map();
    rebuilding = null;
    if (rebuilds > before && tail.size >= rebuildAfter) void startRebuild();
  }

  function startRebuild(): Promise<void> {
    rebuilding ??= rebuild();
    return rebuilding;
  }

  // An index that has taken no one, because it had all ids already, reaches no further than before.
  let from = readReach(indexFile, dataFile);
  for (let rest = await readOwnTail(from); rest !== null; rest = await readOwnTail(from)) {
    await rebuildIndex({ dataFile, indexFile, fromByte: from, untilByte: rest });
    from = rest;
  }
  reopen();
  /** After a failure not each user that comes is a reason to try again. */
  const isDue = () => tail.size % rebuildAfter === 0 && tail.size > 0;
  const isFull = () => tail.size >= TAIL_MAX_SHARE * rebuildAfter;

  async function makeRoom(): Promise<void> {
    while (isFull()) {
      const before = rebuilds;
      // The one that is under way has not seen all of the tail yet.
      await startRebuild();
      if (rebuilds === before)
        throw new StoreUnavailable(`${indexFile} cannot be made anew, and its tail is full`);
    }
  }

  return {
    find(id) {
      const indexed = files === undefined || !isIndexableId(id) ? null : lookUp(files, id);
      // The first of each id counts, and the index has what stands before the tail.
      return indexed ?? frozen.get(id) ?? tail.get(id) ?? null;
    },
    add(user) {
      addUser(tail, user);
      if (isDue()) void startRebuild();
    },
    room: () => (isFull() ? makeRoom() : undefined),
    counts: () => ({
      indexed: (files?.indexBytes ?? 0) / ENTRY_BYTES,
      tail: frozen.size + tail.size,
      rebuilds,
    }),
    isRebuilding: () => rebuilding !== null,
    async [Symbol.asyncDispose]() {
      await rebuilding;
      close();
    },
  };
}

async function rebuildInThread(options: RebuildOptions): Promise<void> {
  // It ends with this: there may be none for long, and its memory is as large as the tail.
  await using threads = createThreads(new URL("./index-rebuild-worker.ts", import.meta.url));
  await threads.run(options);
}
