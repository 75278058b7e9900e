// The users of a JSONL file to which other processes append: read once, then followed from the last line that was
// whole. Somebody rings when there may be more, and what is new is read. Rings may be too many or too few: each look
// goes on to the end of the file, so the next one makes good for any that was missed.
import { setImmediate } from "node:timers/promises";
import { openSource, readWholeLines, type Source, splitLines } from "./jsonl-growth.ts";
import { addUser, isBlank, readUserLines } from "./jsonl-users.ts";
import { runWhileRung } from "./run-while-rung.ts";
import { parseUser, type User } from "./user.ts";
import type { StoreFigure } from "./user-store.ts";

export interface FollowedUsers extends Disposable {
  readonly get: (id: string) => User | undefined;
  readonly count: () => number;
  /** Takes a user that this process has appended itself. */
  readonly add: (user: User) => void;
  /** Reads what is new, soon: returns at once. */
  readonly ring: () => void;
  readonly figures: () => StoreFigure[];
}

/**
 * Reads the users of a file, and goes on whenever it is rung. A line without its newline is left for later; one that is
 * no user is never served, and looked at again each time, because a repair may have taken out its torn part. A file that
 * is another one now, or shorter than what was read of it, is read anew.
 * @param log receives one line for each thing that cannot be read
 * @throws DamagedData when the file as it is now has a line that is no user
 */
export async function followUsers(file: string, log: (line: string) => void): Promise<FollowedUsers> {
  let users = new Map<string, User>();
  /** Those of a file that is being read anew. */
  let loading: Map<string, User> | undefined;
  const badBytes = new Set<number>();
  const staleness = measureStaleness();
  let lastFault = "";
  let isClosed = false;
  const readInto = (map: Map<string, User>) => readUserLines(file, (text) => addUser(map, parseUser(text)));
  const startedMs = performance.now();
  let place = await readInto(users);
  const loadSeconds = (performance.now() - startedMs) / 1000;

  async function readAnew(): Promise<void> {
    loading = new Map();
    try {
      place = await readInto(loading);
      users = loading;
      badBytes.clear();
    } finally {
      loading = undefined;
    }
  }

  function take(text: string, byte: number): void {
    try {
      if (!isBlank(text)) {
        const user = parseUser(text);
        if (!users.has(user.id)) staleness.add(user);
        addUser(users, user);
      }
      badBytes.delete(byte);
    } catch (error) {
      if (!badBytes.has(byte)) log(`${file}, byte ${byte}: left out: ${(error as Error).message}`);
      badBytes.add(byte);
    }
  }

  async function readGrowth(source: Source): Promise<void> {
    for (const byte of [...badBytes]) {
      const [line] = splitLines(readWholeLines(source, byte));
      if (line !== undefined) take(line.text, byte);
    }
    while (place.byte < source.size && !isClosed) {
      const lines = readWholeLines(source, place.byte);
      if (lines.length === 0) return;
      for (const { text, start } of splitLines(lines)) take(text, place.byte + start);
      place = { ...place, byte: place.byte + lines.length };
      await setImmediate();
    }
  }

  async function look(): Promise<void> {
    if (isClosed) return;
    const lookedMs = Date.now();
    try {
      using source = openSource(file);
      const isSame = place.inode === (source?.inode ?? null) && place.byte <= (source?.size ?? 0);
      if (!isSame) await readAnew();
      else if (source !== null) await readGrowth(source);
      staleness.reachedEnd(lookedMs);
      lastFault = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== lastFault) log(`${file} cannot be followed: ${message}`);
      lastFault = message;
    }
  }

  return {
    get: (id) => users.get(id),
    count: () => users.size,
    add(user) {
      addUser(users, user);
      if (loading !== undefined) addUser(loading, user);
    },
    ring: runWhileRung(look),
    figures: () => [
      { name: "map_load_seconds", help: "Time it took to load the file at start.", value: loadSeconds },
      { name: "map_users", help: "Users in the map.", value: users.size },
      ...staleness.figures(),
    ],
    [Symbol.dispose]() {
      isClosed = true;
    },
  };
}

/** Adds up how long after they were made users of other processes were read. */
function measureStaleness() {
  let [reachedEndMs, count, sumMs, maxMs] = [Date.now(), 0, 0, 0];
  return {
    add({ created_at }: User): void {
      // It was not there when the end was last reached, whatever the record says of its age.
      const madeMs = Math.max(reachedEndMs, Date.parse(created_at) || 0);
      const staleMs = Math.max(0, Date.now() - madeMs);
      [count, sumMs, maxMs] = [count + 1, sumMs + staleMs, Math.max(maxMs, staleMs)];
    },
    reachedEnd(ms: number): void {
      reachedEndMs = ms;
    },
    figures: (): StoreFigure[] => [
      {
        name: "map_followed_users_total",
        help: "Users that other processes have appended and this one has read.",
        type: "counter",
        value: count,
      },
      {
        name: "map_staleness_milliseconds_total",
        help: "Time from when those users were made to when they were read, added up.",
        type: "counter",
        value: sumMs,
      },
      { name: "map_staleness_max_milliseconds", help: "The longest of these times.", value: maxMs },
    ],
  };
}
