// What the client of a trial does, one after the other: posts without pause; posts and looks at the other processes;
// asks every process for everything.
import { setTimeout as sleep } from "node:timers/promises";
import type { Histogram } from "hdr-histogram-js";
import { FIRST_UNSTORED_INDEX } from "../../k6/lib/users.ts";
import type { Operation, Read } from "../history/operation.ts";
import { buildLatencies } from "../load/latencies.ts";
import type { Lane } from "./lane.ts";
import { type Acknowledged, postUser, readUser } from "./operations.ts";

/** How often another process is asked for a user that it has not seen yet, and for how long. */
const LOOK_EVERY_MS = 1;
const LOOK_FOR_MS = 500;
/** What was missing at the end is asked for again so much later, and so many of it: a process that follows no one lacks
 * everything, and one that follows has it by then. */
const AGAIN_AFTER_MS = 500;
const AGAIN_MAX_USERS = 1_000;

/** Where a trial's operations go. */
export interface Recorder {
  readonly dataSeed: number;
  /** Returns an element that no other user of the trial has. */
  readonly nextElement: () => number;
  readonly note: (operation: Operation) => void;
  readonly acknowledged: Acknowledged[];
}

/** @param note receives every operation when it has ended */
export function startRecorder(dataSeed: number, note: Recorder["note"] = () => {}): Recorder {
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
 * it or it has taken too long. @param lanesByProcess as many of each process */
export async function postAndLook(
  lanesByProcess: readonly (readonly Lane[])[],
  recorder: Recorder,
  durationMs: number,
): Promise<void> {
  const startMs = performance.now();
  const work = async (own: number, place: number) => {
    const lane = lanesByProcess[own]?.[place] as Lane;
    while (performance.now() < startMs + durationMs) {
      const { user } = await post(lane, recorder);
      if (user === null) continue;
      const others = lanesByProcess.filter((_, process) => process !== own);
      for (const lanes of others) await look(lanes[place] as Lane, user, recorder);
    }
  };
  // A lane asks one thing at a time, so each place has one writer: the processes take turns in writing.
  const places = lanesByProcess[0]?.length ?? 0;
  await Promise.all(Array.from({ length: places }, (_, place) => work(place % lanesByProcess.length, place)));
}

async function look(lane: Lane, user: Acknowledged, recorder: Recorder): Promise<void> {
  const untilMs = performance.now() + LOOK_FOR_MS;
  while (performance.now() < untilMs) {
    const read = await readUser(lane, user);
    recorder.note(read);
    if (read.outcome === "found") return;
    await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Asks every process for every user, until all are asked for or the time is over: a linear scan could take hours. Whoever
 * follows others with a delay is asked again after a pause for what it had not yet.
 * @param users in any order; those at the end are left out when time is short
 * @returns of how many users every process was asked
 */
export async function readAll(
  lanes: readonly Lane[],
  users: readonly Acknowledged[],
  recorder: Recorder,
  limitMs: number,
): Promise<number> {
  const missing = new Map<number, Acknowledged[]>();
  const processes = new Set(lanes.map(({ process }) => process));
  const asked = await readEach(
    lanes,
    new Map([...processes].map((process) => [process, users])),
    limitMs,
    (read, user) => {
      recorder.note(read);
      if (read.outcome !== "missing") return;
      const own = missing.get(read.process) ?? [];
      missing.set(read.process, own);
      if (own.length < AGAIN_MAX_USERS) own.push(user);
    },
  );
  if (missing.size > 0) {
    await sleep(AGAIN_AFTER_MS);
    await readEach(lanes, missing, limitMs, recorder.note);
  }
  return Math.min(...asked.values());
}

/** Asks each process for its list of users. Returns how many of it each was asked for. */
async function readEach(
  lanes: readonly Lane[],
  usersOf: ReadonlyMap<number, readonly Acknowledged[]>,
  limitMs: number,
  onRead: (read: Read, user: Acknowledged) => void,
): Promise<ReadonlyMap<number, number>> {
  const untilMs = performance.now() + limitMs;
  const asked = new Map([...usersOf.keys()].map((process) => [process, 0]));
  const work = async (lane: Lane) => {
    while (performance.now() < untilMs) {
      const place = asked.get(lane.process) ?? 0;
      const user = usersOf.get(lane.process)?.[place];
      if (user === undefined) return;
      asked.set(lane.process, place + 1);
      onRead(await readUser(lane, user), user);
    }
  };
  await Promise.all(lanes.map(work));
  return asked;
}

async function post(lane: Lane, recorder: Recorder) {
  const posted = await postUser(lane, recorder.nextElement(), recorder.dataSeed);
  recorder.note(posted.add);
  if (posted.user !== null) recorder.acknowledged.push(posted.user);
  return posted;
}
