// A log-structured merge tree of users: what is new is in memory and in a log, what is older in sorted tables that never change.
// One folder, one process. docs/LSM.md tells how it works, and what it costs.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { folderBytes } from "../folder-bytes.ts";
import { lockFolder } from "../folder-lock.ts";
import { createGroupCommit } from "../group-commit.ts";
import { openHeldFile } from "../held-file.ts";
import { syncFolder } from "../sync-folder.ts";
import { createUniqueInsert } from "../unique-inserts.ts";
import { toPlainUser, type User } from "../user.ts";
import type { StoreOptions, UserStore } from "../user-store.ts";
import { computeAmplification, createBackground } from "./background.ts";
import { addRecord, createLog, cutLog, type Log, overheadBytes, toLine } from "./log.ts";
import { countUsers, nameFile, recover } from "./manifest.ts";
import { BITS_PER_ID, BLOCK_BYTES, hashId, openTable } from "./table.ts";

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
  if (syncs) await syncFolder(dataDir);
  await using opening = new AsyncDisposableStack();
  opening.use(lockFolder(folder));
  const state = await recover(folder, log);
  const recordsAtStart = countUsers([...state.logs, ...state.tables]);
  const background = opening.use(createBackground(state, memoryTableBytes, log));
  const { counters, settle } = background;
  const hold = (one: Log) => openHeldFile(one.file, syncs, () => cutLog(one.file, one.dataBytes));
  let active = state.logs.at(-1) as Log;
  let file = await hold(active);
  opening.defer(() => file.close());

  let waitingLength = 0;
  const group = createGroupCommit<{ users: readonly User[]; json: string }>(async (batches) => {
    waitingLength = 0;
    if (active.dataBytes >= memoryTableBytes) await changeLog();
    const users = batches.flatMap(({ users }) => users);
    const record = toLine(`[${batches.map(({ json }) => json).join()}]`);
    await file.append(record).catch((error) => {
      // On a full disk there may be files to remove.
      background.start();
      throw error;
    });
    const bytes = Buffer.byteLength(record);
    addRecord(active, users, bytes);
    counters.logBytes.value += bytes;
    counters.userBytes.value += bytes - overheadBytes(users.length);
  });
  opening.defer(group.settle);

  async function write(users: readonly User[]): Promise<void> {
    const json = users.map((user) => JSON.stringify(user)).join();
    // A record is no longer than a log and what one has sent: a thread reads it as a whole.
    while (waitingLength >= memoryTableBytes) await group.settle();
    waitingLength += json.length;
    await group.add({ users, json });
  }

  async function changeLog(): Promise<void> {
    await background.makeRoom();
    // On the disk before there is anything in another, so that only the last record of all can be torn.
    await cutLog(active.file, active.dataBytes);
    const next = createLog(nameFile(state, "log"));
    const nextFile = await hold(next);
    await file.close();
    [active, file] = [next, nextFile];
    state.logs = [...state.logs, active];
    background.start();
  }

  function findById(id: string): User | null {
    for (const { users } of state.logs) if (users.has(id)) return users.get(id) as User;
    counters.lookups.value++;
    const hash = hashId(id);
    for (const table of state.tables) {
      counters.filterChecks.value++;
      if (!table.mayHold(hash)) continue;
      counters.blockReads.value++;
      const user = table.read(id);
      if (user !== null) return user;
    }
    return null;
  }

  const insertNew = createUniqueInsert((id) => findById(id) !== null, write);
  background.start();
  const opened = opening.move();
  return {
    findById,
    insert: (user: User) => insertNew([toPlainUser(user)]),
    insertMany: (users: readonly User[]) => insertNew(users.map(toPlainUser)),
    *users() {
      // All at one moment, and files of their own: a merge may close and remove the others meanwhile.
      using files = new DisposableStack();
      const tables = state.tables.map(({ file, dataBytes }) => files.use(openTable(file, dataBytes)));
      yield* state.logs.flatMap(({ users }) => [...users.values()]);
      for (const table of tables) yield* table.readAll();
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
    figures: () => [
      ...Object.values(counters),
      { name: "lsm_tables", value: state.tables.length, help: "Sorted tables on the disk." },
    ],
    /** For who measures or tests the tree. */
    counters,
    state,
    settle,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  } satisfies UserStore & Record<string, unknown>;
}
