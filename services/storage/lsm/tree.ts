// A log-structured merge tree of users: what is new is in memory and in a log, what is older in sorted tables that never change.
// docs/LSM.md tells how it works, and what it costs.
import { createGroupCommit } from "../group-commit.ts";
import { openHeldFile } from "../held-file.ts";
import { createUniqueInsert } from "../unique-inserts.ts";
import type { User } from "../user.ts";
import type { InsertOutcome } from "../user-store.ts";
import { createBackground } from "./background.ts";
import { hashId } from "./bloom-filter.ts";
import { type Counters, startCounters } from "./counters.ts";
import { cutLog, formatLogRecord, type Log, overheadBytes } from "./log.ts";
import { countUsers, createLog, recover } from "./manifest.ts";
import { openTable, type Table, type TableFacts } from "./table.ts";

/** A log that is so long is closed, and what it has becomes a table. */
export const MEMORY_TABLE_BYTES = 4 << 20;

export interface TreeOptions {
  readonly folder: string;
  /** Whether a write waits until the disk has it. */
  readonly syncs: boolean;
  readonly log: (line: string) => void;
  /** Smaller for tests. */
  readonly memoryTableBytes?: number;
}

export interface Tree extends AsyncDisposable {
  readonly find: (id: string) => User | null;
  /** Stores users, all or none. */
  readonly insert: (users: readonly User[]) => Promise<InsertOutcome>;
  /** Yields every user there is now, in no order. */
  readonly users: () => Generator<User>;
  readonly count: () => number;
  readonly tables: () => readonly TableFacts[];
  /** Resolves when all full logs are tables and nothing is left to merge. */
  readonly settle: () => Promise<void>;
  readonly counters: Readonly<Counters>;
  readonly readFlags: () => string;
}

/** @throws DamagedData when the folder has what no kill leaves */
export async function openTree(options: TreeOptions): Promise<Tree> {
  const { folder, syncs, log, memoryTableBytes = MEMORY_TABLE_BYTES } = options;
  const state = await recover(folder, log);
  const counters = startCounters();
  const background = createBackground(folder, state, memoryTableBytes, counters, log);
  const hold = (one: Log) => openHeldFile(one.file, syncs, () => cutLog(one));
  let active = state.logs.at(-1) as Log;
  let file = await hold(active);

  const group = createGroupCommit<readonly User[]>(async (batches) => {
    if (active.bytes >= memoryTableBytes) await changeLog();
    const users = batches.flat();
    const record = formatLogRecord(users);
    await file.append(record);
    const bytes = Buffer.byteLength(record);
    active.bytes += bytes;
    for (const user of users) active.users.set(user.id, user);
    counters.logBytes += bytes;
    counters.userBytes += bytes - overheadBytes(users.length);
  });

  async function changeLog(): Promise<void> {
    await background.makeRoom();
    // On the disk before there is another, so that only the last one can be torn.
    await cutLog(active);
    const next = createLog(folder, state.nextNumber++);
    const nextFile = await hold(next);
    await file.close();
    [active, file] = [next, nextFile];
    state.logs = [...state.logs, active];
    background.start();
  }

  const findInMemory = (id: string) => state.logs.find(({ users }) => users.has(id))?.users.get(id);
  const find = (id: string) => findInMemory(id) ?? findInTables(state.tables, id, counters);

  background.start();
  return {
    find,
    insert: createUniqueInsert((id) => find(id) !== null, group.add),
    settle: background.settle,
    counters,
    *users() {
      // All at one moment, and files of their own: a merge may close and remove the others meanwhile.
      using opened = new DisposableStack();
      const tables = state.tables.map(({ file, facts }) => opened.use(openTable(file, facts)));
      const inMemory = state.logs.flatMap(({ users }) => [...users.values()]);
      yield* inMemory;
      for (const table of tables) for (const { text } of table.entries()) yield JSON.parse(text) as User;
    },
    count: () => countUsers(state),
    tables: () => state.tables.map(({ facts }) => facts),
    readFlags: () => file.readFlags(),
    async [Symbol.asyncDispose]() {
      await group.settle();
      await background[Symbol.asyncDispose]();
      await file.close();
    },
  };
}

function findInTables(tables: readonly Table[], id: string, counters: Counters): User | null {
  counters.lookups++;
  const hash = hashId(id);
  for (const table of tables) {
    counters.filterChecks++;
    if (!table.mayHold(hash)) continue;
    counters.blockReads++;
    const user = table.read(id);
    if (user !== null) return user;
  }
  return null;
}
