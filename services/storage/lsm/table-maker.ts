// What a thread does to make a table: sorting a log and merging tables take time that requests do not wait for.
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import type { User } from "../user.ts";
import { createLog, readLogs, toLine } from "./log.ts";
import { addToFilter, BLOCK_BYTES, createFilter, hashId, openTable, type TableIndex } from "./table.ts";

/** A table to make of so many users of logs and of tables, which have no id in common. Posted back is where its index begins. */
type TableOrder = Readonly<{ file: string; users: number; sources: { file: string; dataBytes: number }[] }>;

parentPort?.on("message", async ({ file, users, sources }: TableOrder) => {
  using opened = new DisposableStack();
  const sorted = sources.map(({ file, dataBytes }) =>
    file.endsWith(".log") ? sortLog(file) : opened.use(openTable(file, dataBytes)).readAll(),
  );
  // What fails ends the thread, and whoever waits is told.
  parentPort?.postMessage(writeTable(file, mergeSorted(await Promise.all(sorted)), users));
});

async function sortLog(file: string): Promise<User[]> {
  const log = createLog(file);
  await readLogs([log]);
  return [...log.users.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Yields the users of all sources in the order of their ids.
 * @param sources sorted by id; no id is in two of them */
export function* mergeSorted(sources: readonly Iterable<User>[]): Generator<User> {
  const rests = sources.map((source) => source[Symbol.iterator]());
  let runs = rests.map((rest) => ({ rest, head: rest.next() })).filter(({ head }) => !head.done);
  while (runs.length > 0) {
    const first = runs.reduce((one, other) => (other.head.value.id < one.head.value.id ? other : one));
    yield first.head.value;
    first.head = first.rest.next();
    if (first.head.done) runs = runs.filter((run) => run !== first);
  }
}

/**
 * Writes a table and waits until the disk has it, though not its name. Blocks the thread. Nothing is left of one that cannot be
 * written.
 * @param users sorted by id, each id once
 * @param expected how many there are
 * @returns where its index begins
 * @throws Error when there are others: what a table is made of is removed, and there is nothing else that has it
 */
function writeTable(file: string, users: Iterable<User>, expected: number): number {
  const fd = openSync(file, "wx");
  try {
    const filter = createFilter(expected);
    const [ids, starts]: [string[], number[]] = [[], []];
    let [written, dataBytes] = [0, 0];
    for (const block of cutBlocks(users)) {
      const line = toLine(`[${block.map(({ json }) => json).join(",")}]`);
      writeFileSync(fd, line);
      for (const { id } of block) addToFilter(filter, hashId(id));
      ids.push((block[0] as Entry).id);
      starts.push(dataBytes);
      written += block.length;
      dataBytes += Buffer.byteLength(line);
    }
    if (written !== expected) throw new Error(`${file}: ${written} users; expected ${expected}`);
    const index: TableIndex = { users: written, ids, starts, filter: filter.toString("base64") };
    writeFileSync(fd, toLine(JSON.stringify(index)));
    fsyncSync(fd);
    return dataBytes;
  } catch (error) {
    rmSync(file);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** A user as one of a block. */
type Entry = Readonly<{ id: string; json: string }>;

/** Yields the users of one block after another. */
function* cutBlocks(users: Iterable<User>): Generator<readonly Entry[]> {
  let [block, length]: [Entry[], number] = [[], 0];
  for (const user of users) {
    const json = JSON.stringify(user);
    block.push({ id: user.id, json });
    length += json.length + 1;
    if (length < BLOCK_BYTES) continue;
    yield block;
    [block, length] = [[], 0];
  }
  if (block.length > 0) yield block;
}
