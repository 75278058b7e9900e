// A log-structured merge tree of users: what is new is in memory and in a log, what is older in sorted tables that never change.
// docs/LSM.md tells how it works, and what it costs.
import { join } from "node:path";
import { createGroupCommit } from "../group-commit.ts";
import { singleFlight } from "../single-flight.ts";
import { createUniqueInsert } from "../unique-inserts.ts";
import type { User } from "../user.ts";
import type { InsertOutcome } from "../user-store.ts";
import { type Counters, startCounters } from "./counters.ts";
import { formatLogRecord, overheadBytes } from "./log.ts";
import { type LogFile, openLogFile } from "./log-file.ts";
import { type RecoveredLog, recover } from "./recovery.ts";
import { nameFile, type TableFacts } from "./table-facts.ts";
import { createTableSet } from "./table-set.ts";

/** A log that is so long is closed, and what it has becomes a table. */
export const MEMORY_TABLE_BYTES = 4 << 20;
/** So many full logs wait to become tables at most, and so many tables there are; then writes wait. */
const MAX_WAITING = 2;
const MAX_TABLES = 24;

export interface TreeOptions {
  readonly folder: string;
  /** Whether a write waits until the disk has it. */
  readonly syncs: boolean;
  readonly isAnsweredBeforeWrite: boolean;
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
  readonly readFlags: () => string | null;
}

/** @throws DamagedData when the folder has what no kill leaves */
export async function openTree(options: TreeOptions): Promise<Tree> {
  const { folder, syncs, isAnsweredBeforeWrite, log, memoryTableBytes = MEMORY_TABLE_BYTES } = options;
  const recovered = await recover(folder, log);
  let { nextNumber } = recovered;
  const takeNumber = () => nextNumber++;
  const counters = startCounters();
  const tables = createTableSet({ folder, recovered, takeNumber, unitBytes: memoryTableBytes, counters });

  const openLog = (number: number, bytes: number): Promise<LogFile> =>
    openLogFile(join(folder, nameFile(number, "log")), bytes, syncs);
  /** Full logs, the oldest first, and what each has. */
  const waiting: Pick<RecoveredLog, "number" | "users">[] = [...recovered.logs];
  let active = waiting.pop() ?? { number: takeNumber(), users: new Map<string, User>() };
  let file = await openLog(active.number, recovered.logs.at(-1)?.bytes ?? 0);
  /** Users who are answered and not yet in the log. */
  const early = new Map<string, User>();

  const group = createGroupCommit<readonly User[]>(async (batches) => {
    if (file.bytes() >= memoryTableBytes) await changeLog();
    const users = batches.flat();
    const record = formatLogRecord(users);
    await file.append(record);
    for (const user of users) active.users.set(user.id, user);
    counters.logBytes += Buffer.byteLength(record);
    counters.userBytes += Buffer.byteLength(record) - overheadBytes(users.length);
  });

  /** A full log is on the disk before there is another, so that only the last one can be torn. */
  async function changeLog(): Promise<void> {
    await file.sync();
    const number = takeNumber();
    const next = await openLog(number, 0);
    await file.close();
    waiting.push(active);
    [file, active] = [next, { number, users: new Map() }];
    work();
  }

  const writeOldest = singleFlight(async () => {
    const [oldest] = waiting;
    if (oldest === undefined) return;
    await tables.addLog(oldest.number);
    waiting.shift();
  });

  async function settle(): Promise<void> {
    while (waiting.length > 0) await writeOldest();
    await tables.merge();
  }

  let isClosing = false;
  /** Works behind the requests. What fails is tried again when the next log is full, or when a write has no room. */
  function work(): void {
    settle().catch((error) => {
      if (!isClosing) log(`${folder}: ${error.message}`);
    });
  }

  /** Who would make memory or the number of tables grow without end waits for the disk. */
  async function makeRoom(): Promise<void> {
    if (waiting.length < MAX_WAITING && tables.facts().length < MAX_TABLES) return;
    const startMs = performance.now();
    while (waiting.length >= MAX_WAITING) await writeOldest();
    if (tables.facts().length >= MAX_TABLES) await tables.merge();
    counters.stallMs += performance.now() - startMs;
  }

  /** Returns the users of the logs that no table has. One that waits has its table a moment before it is taken away. */
  function listUntabled(): Map<string, User>[] {
    return [...waiting, active].filter(({ number }) => number >= tables.firstLog()).map(({ users }) => users);
  }

  function find(id: string): User | null {
    const user = active.users.get(id) ?? waiting.find(({ users }) => users.has(id))?.users.get(id);
    if (user !== undefined) return user;
    return early.get(id) ?? tables.find(id);
  }

  const insertNew = createUniqueInsert(
    (id) => find(id) !== null,
    async (users) => {
      const written = group.add(users);
      if (!isAnsweredBeforeWrite) return written;
      for (const user of users) early.set(user.id, user);
      written
        .catch((error) => log(`a user who was answered 201 is lost: ${error.message}`))
        .finally(() => {
          for (const { id } of users) early.delete(id);
        });
    },
  );

  work();
  return {
    find,
    insert: async (users) => {
      await makeRoom();
      return insertNew(users);
    },
    settle,
    counters,
    *users() {
      // Both at one moment: later, users of memory may be in tables as well.
      const inMemory = listUntabled().flatMap((users) => [...users.values()]);
      using onDisk = tables.holdTables();
      yield* inMemory;
      yield* onDisk.users();
    },
    count: () =>
      [...listUntabled().map(({ size }) => size), ...tables.facts().map(({ users }) => users)].reduce(
        (sum, users) => sum + users,
      ),
    tables: tables.facts,
    readFlags: () => file.readFlags(),
    async [Symbol.asyncDispose]() {
      isClosing = true;
      await group.settle();
      await tables[Symbol.asyncDispose]();
      await file.close();
    },
  };
}
