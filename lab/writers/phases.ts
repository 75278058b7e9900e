// What the client of a trial does, one after the other: posts without pause; posts and looks at the other processes;
// asks every process for everything.
import { setTimeout as sleep } from "node:timers/promises";
import type { Histogram } from "hdr-histogram-js";
import { FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import type { Operation } from "../history/operation.ts";
import { buildLatencies } from "../load/latencies.ts";
import type { Lane } from "./lane.ts";
import { type Acknowledged, postUser, readUser } from "./operations.ts";

/** How often another process is asked for a user that it has not seen yet, and for how long. */
const LOOK_EVERY_MS = 1;
const LOOK_FOR_MS = 500;
/** What was missing at the end is asked for again so often, and so many of it at first: a process that follows no one lacks
 * everything. */
const AGAIN_EVERY_MS = 250;
const SAMPLE_USERS = 1_000;

/** Where a trial's operations go. */
export interface Recorder {
  readonly dataSeed: number;
  /** Returns an element that no other user of the trial has. */
  readonly nextElement: () => number;
  /** Returns a promise when whoever goes on is to wait. */
  readonly note: (operation: Operation) => Promise<void> | undefined;
  readonly acknowledged: Acknowledged[];
}

/** @param note receives every operation when it has ended */
export function startRecorder(dataSeed: number, note: Recorder["note"] = () => undefined): Recorder {
  let element = FIRST_UNSTORED_INDEX;
  return { dataSeed, nextElement: () => element++, note, acknowledged: [] };
}

export interface PostOutcome {
  readonly acknowledged: number;
  /** All that were asked, whatever the answer. */
  readonly attempted: number;
  /** Not acknowledged: how many, by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly windowMs: number;
  /** Of the acknowledged, in microseconds. */
  readonly latencies: Histogram;
}

/** Posts over every lane, the next user as soon as the one before is answered: a closed load. */
export async function postFor(
  lanes: readonly Lane[],
  recorder: Recorder,
  durationMs: number,
): Promise<PostOutcome> {
  const latencies = buildLatencies();
  const errors: Record<string, number> = {};
  let [acknowledged, attempted] = [0, 0];
  const startMs = performance.now();
  const work = async (lane: Lane) => {
    while (performance.now() < startMs + durationMs) {
      const { add } = await post(lane, recorder);
      attempted++;
      if (add.outcome === "ok") {
        acknowledged++;
        latencies.recordValue(Math.round((add.endedMs - add.invokedMs) * 1000));
      } else {
        const kind = add.error ?? add.outcome;
        errors[kind] = (errors[kind] ?? 0) + 1;
      }
    }
  };
  await Promise.all(lanes.map(work));
  return { acknowledged, attempted, errors, windowMs: performance.now() - startMs, latencies };
}

/** Posts over every lane, and looks for each acknowledged user at all other processes at once, and again until they have
 * it or it has taken too long; at the only one where there are no others. @param lanesByProcess as many of each process
 * @returns the users that were looked for */
export async function postAndLook(
  lanesByProcess: readonly (readonly Lane[])[],
  recorder: Recorder,
  durationMs: number,
): Promise<readonly Acknowledged[]> {
  const before = recorder.acknowledged.length;
  const startMs = performance.now();
  const work = async (own: number, place: number) => {
    const lane = lanesByProcess[own]?.[place] as Lane;
    while (performance.now() < startMs + durationMs) {
      const { user } = await post(lane, recorder);
      if (user === null) continue;
      const others = lanesByProcess.filter((_, process) => process !== own || lanesByProcess.length === 1);
      await Promise.all(others.map((lanes) => look(lanes[place] as Lane, user, recorder)));
    }
  };
  // A lane asks one thing at a time, so each place has one writer: the processes take turns in writing.
  const places = lanesByProcess[0]?.length ?? 0;
  await Promise.all(Array.from({ length: places }, (_, place) => work(place % lanesByProcess.length, place)));
  return recorder.acknowledged.slice(before);
}

async function look(lane: Lane, user: Acknowledged, recorder: Recorder): Promise<void> {
  const untilMs = performance.now() + LOOK_FOR_MS;
  while (performance.now() < untilMs) {
    const read = await readUser(lane, user);
    await recorder.note(read);
    if (read.outcome === "found") return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Users to ask for, by process. */
type Lists = ReadonlyMap<number, readonly Acknowledged[]>;

/**
 * Asks every process for every user, until all are asked for or the time is over: a linear scan could take hours. Whoever
 * may need a while to follow the others is asked again for what it had not yet, until it has it or the while is over:
 * first for a part of it, and when all of that has come for the rest.
 * @param users in any order; those at the end are left out when time is short
 * @returns of how many users every process was asked
 */
export async function readAll(
  lanes: readonly Lane[],
  users: readonly Acknowledged[],
  recorder: Recorder,
  { limitMs, settleMs }: { readonly limitMs: number; readonly settleMs: number },
): Promise<number> {
  const lists: Lists = new Map(lanes.map(({ process }) => [process, users]));
  const { asked, missing } = await readEach(lanes, lists, recorder, limitMs);
  if (settleMs > 0) {
    const untilMs = performance.now() + settleMs;
    const askAgain = async (again: Lists) => {
      let left = again;
      for (let isOver = false; left.size > 0 && !isOver; ) {
        await sleep(AGAIN_EVERY_MS);
        isOver = performance.now() >= untilMs;
        ({ missing: left } = await readEach(lanes, left, recorder, limitMs));
      }
      return left.size === 0;
    };
    const sampled = await askAgain(pick(missing, (list) => list.slice(0, SAMPLE_USERS)));
    if (sampled) await askAgain(pick(missing, (list) => list.slice(SAMPLE_USERS)));
  }
  return Math.min(...asked.values());
}

/** Takes a part of each list; those that are empty then are left out. */
function pick(lists: Lists, part: (list: readonly Acknowledged[]) => readonly Acknowledged[]): Lists {
  return new Map(
    [...lists]
      .map(([process, list]) => [process, part(list)] as const)
      .filter(([, { length }]) => length > 0),
  );
}

/** Asks each process for its list of users, until all are asked for or the time is over. Returns how many of it each was
 * asked for, and what it lacked. */
async function readEach(lanes: readonly Lane[], lists: Lists, recorder: Recorder, limitMs: number) {
  const untilMs = performance.now() + limitMs;
  const asked = new Map([...lists.keys()].map((process) => [process, 0]));
  const missing = new Map<number, Acknowledged[]>();
  const work = async (lane: Lane) => {
    while (performance.now() < untilMs) {
      const place = asked.get(lane.process) ?? 0;
      const user = lists.get(lane.process)?.[place];
      if (user === undefined) return;
      asked.set(lane.process, place + 1);
      const read = await readUser(lane, user);
      await recorder.note(read);
      if (read.outcome !== "missing") continue;
      const own = missing.get(lane.process) ?? [];
      own.push(user);
      missing.set(lane.process, own);
    }
  };
  await Promise.all(lanes.map(work));
  return { asked, missing };
}

async function post(lane: Lane, recorder: Recorder) {
  const posted = await postUser(lane, recorder.nextElement(), recorder.dataSeed);
  if (posted.user !== null) recorder.acknowledged.push(posted.user);
  await recorder.note(posted.add);
  return posted;
}
