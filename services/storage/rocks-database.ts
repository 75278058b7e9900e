// A RocksDB that is opened anew after a write that failed: it takes no more of them then, on a full disk until it finds as much
// room as a table in memory can take.
import type RocksDB from "rocksdb-native";
import { StoreUnavailable } from "./faults.ts";
import { createLogSync } from "./log-sync.ts";
import { openReopening, type Reopening } from "./reopening.ts";
import { toPlainUser, type User } from "./user.ts";

/** Entries that an iterator brings at a time. */
const ITERATED = 100;

export interface RocksSettings {
  /** A table in memory, and how many of them there may be. */
  readonly writeBufferBytes: number;
  readonly writeBuffers: number;
  readonly blockBytes: number;
  /** Of a file's Bloom filter. */
  readonly filterBitsPerUser: number;
  /** How many files are made or merged at a time. */
  readonly backgroundJobs: number;
}

export interface RocksDatabase extends Reopening {
  /** @throws StoreUnavailable while it is being opened anew */
  readonly find: (id: string) => Promise<User | null>;
  /** How many users there are: entries, for none is written twice. */
  readonly count: () => Promise<number>;
  readonly users: () => AsyncIterable<User>;
}

/** @throws Error that names the folder, or the library that the package's binary misses */
export async function openRocksDatabase(
  folder: string,
  settings: RocksSettings,
  sync: boolean,
): Promise<RocksDatabase> {
  const Database = await loadPackage();
  const options: RocksDB.Options = {
    writeBufferSize: settings.writeBufferBytes,
    maxWriteBufferNumber: settings.writeBuffers,
    tableBlockSize: settings.blockBytes,
    filterPolicy: new Database.BloomFilterPolicy(settings.filterBitsPerUser),
    maxBackgroundJobs: settings.backgroundJobs,
  };
  let opened: RocksDB | null = null;
  /** Ids of users that RocksDB shows already, and the disk may not have. */
  const unsynced = new Set<string>();
  const log = createLogSync(folder);

  const database = (): RocksDB => {
    if (opened === null) throw new StoreUnavailable("RocksDB starts again after a failed write");
    return opened;
  };

  const reopening = await openReopening({
    name: "RocksDB",
    folder,
    async open() {
      const db = new Database(folder, options);
      await db.ready();
      opened = db;
      // What its log had is in a file now, which was synced.
      unsynced.clear();
    },
    async close() {
      const db = opened;
      opened = null;
      try {
        await log.close();
      } finally {
        await db?.close();
      }
    },
    async write(users) {
      const db = database();
      if (sync) for (const { id } of users) unsynced.add(id);
      const batch = db.write({ capacity: users.length });
      for (const user of users) batch.tryPut(user.id, JSON.stringify(toPlainUser(user)));
      try {
        await batch.flush();
      } catch (error) {
        throw (error as Error).cause ?? error;
      } finally {
        batch.destroy();
      }
      if (!sync) return;
      await log.sync(await db.currentWalFile());
      unsynced.clear();
    },
  });

  const get = shareReads(database);
  return {
    async find(id) {
      const value = await get(id);
      return unsynced.has(id) ? null : parse(value);
    },
    async count() {
      const db = database();
      const inMemory = await db.getProperty("rocksdb.num-entries-active-mem-table");
      const inTables = /# entries=(\d+)/.exec(await db.getProperty("rocksdb.aggregated-table-properties"));
      return Number(inMemory) + Number(inTables?.[1]);
    },
    async *users() {
      for await (const { value } of database().iterator({}, { capacity: ITERATED }))
        yield parse(value) as User;
    },
    ...reopening,
  };
}

async function loadPackage(): Promise<typeof RocksDB> {
  try {
    return (await import("rocksdb-native")).default;
  } catch (error) {
    // On Linux it wants libatomic, which not every system has.
    const { message, cause } = error as Error;
    throw new Error(`rocksdb-native does not start: ${(cause as Error)?.message ?? message}`, { cause });
  }
}

function parse(value: Buffer | null): User | null {
  return value === null ? null : JSON.parse(value.toString());
}

/** Returns a function that reads a key. Those who ask within one turn of the event loop share a way to the engine's threads
 * and back, which costs more than what is read there. */
function shareReads(database: () => RocksDB): (key: string) => Promise<Buffer | null> {
  let waiting: RocksDB.ReadBatch | null = null;
  const run = () => {
    const batch = waiting as RocksDB.ReadBatch;
    waiting = null;
    const done = () => batch.destroy();
    // Whoever asked is told by his own promise.
    batch.flush().then(done, done);
  };
  return (key) => {
    if (waiting === null) {
      waiting = database().read();
      setImmediate(run);
    }
    return waiting.get(key);
  };
}
