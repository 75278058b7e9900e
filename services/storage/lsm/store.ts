// A log-structured merge tree of users: what is new is in memory and in a log, what is older in sorted tables that never change.
// One folder, one process. docs/LSM.md tells how it works, and what it costs.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { folderBytes } from "../folder-bytes.ts";
import { lockFolder } from "../folder-lock.ts";
import { createGroupCommit } from "../group-commit.ts";
import { openHeldFile } from "../held-file.ts";
import { createUniqueInsert } from "../unique-inserts.ts";
import { toPlainUser, type User } from "../user.ts";
import type { StoreOptions, UserStore } from "../user-store.ts";
import { createBackground } from "./background.ts";
import { BITS_PER_ID, hashId } from "./bloom-filter.ts";
import { computeAmplification, listFigures, startCounters } from "./counters.ts";
import { cutLog, formatRecord, type Log, overheadBytes } from "./log.ts";
import { countUsers, createLog, recover } from "./manifest.ts";
import { BLOCK_BYTES, openTable } from "./table.ts";

/** A log that is so long is closed, and what it has becomes a table. */
export const MEMORY_TABLE_BYTES = 4 << 20;

/**
 * Opens the tree of a data folder as a store of users.
 * @param memoryTableBytes smaller for tests
 * @throws DamagedData when the folder has what no kill leaves
 */
export async function openLsmStore(
  { dataDir, durability, log }: Pick<StoreOptions, "dataDir" | "durability" | "log">,
  memoryTableBytes = MEMORY_TABLE_BYTES,
) {
  const folder = join(dataDir, "store");
  mkdirSync(folder, { recursive: true });
  const syncs = durability === "power";
  using opening = new DisposableStack();
  opening.use(lockFolder(folder));
  const state = await recover(folder, log);
  const recordsAtStart = countUsers([...state.logs, ...state.tables]);
  const counters = startCounters();
  const background = createBackground(folder, state, memoryTableBytes, counters, log);
  const hold = (one: Log) => openHeldFile(one.file, syncs, () => cutLog(one));
  let active = state.logs.at(-1) as Log;
  let file = await hold(active);
  const lock = opening.move();
  background.start();

  const group = createGroupCommit<readonly User[]>(async (batches) => {
    if (active.bytes >= memoryTableBytes) await changeLog();
    const users = batches.flat();
    const record = formatRecord(users);
    await file.append(record);
    const bytes = Buffer.byteLength(record);
    active.bytes += bytes;
    for (const user of users) active.users.set(user.id, user);
    counters.logBytes += bytes;
    counters.userBytes += bytes - overheadBytes(users.length);
  });

  async function changeLog(): Promise<void> {
    await background.makeRoom();
    // On the disk before there is anything in another, so that only the last record of all can be torn.
    await cutLog(active);
    const next = createLog(folder, state.nextNumber++);
    const nextFile = await hold(next);
    await file.close();
    [active, file] = [next, nextFile];
    state.logs = [...state.logs, active];
    background.start();
  }

  function findById(id: string): User | null {
    for (const { users } of state.logs) if (users.has(id)) return users.get(id) as User;
    counters.lookups++;
    const hash = hashId(id);
    for (const table of state.tables) {
      counters.filterChecks++;
      if (!table.mayHold(hash)) continue;
      counters.blockReads++;
      const user = table.read(id);
      if (user !== null) return user;
    }
    return null;
  }

  const insertNew = createUniqueInsert((id) => findById(id) !== null, group.add);
  return {
    findById,
    insert: (user: User) => insertNew([toPlainUser(user)]),
    insertMany: (users: readonly User[]) => insertNew(users.map(toPlainUser)),
    *users() {
      // All at one moment, and files of their own: a merge may close and remove the others meanwhile.
      using opened = new DisposableStack();
      const tables = state.tables.map(({ file, facts }) => opened.use(openTable(file, facts)));
      yield* state.logs.flatMap(({ users }) => [...users.values()]);
      for (const table of tables) for (const { text } of table.entries()) yield JSON.parse(text) as User;
    },
    check: () => {},
    describe: () => ({
      recordsAtStart,
      dataBytes: folderBytes(folder),
      durability: syncs ? "power" : "process",
      settings: {
        ...{ openFlags: file.readFlags(), fdatasync: syncs, memoryTableBytes },
        ...{ blockBytes: BLOCK_BYTES, bitsPerId: BITS_PER_ID, tables: state.tables.length },
        ...computeAmplification(counters),
      },
    }),
    figures: () => listFigures(counters, state.tables.length),
    /** For who measures or tests the tree. */
    counters,
    state,
    settle: background.settle,
    async [Symbol.asyncDispose]() {
      await group.settle();
      await background[Symbol.asyncDispose]();
      await file.close();
      lock.dispose();
    },
  } satisfies UserStore & Record<string, unknown>;
}
