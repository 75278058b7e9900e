// A process that is killed in the middle of batches, again and again: are there batches of which a part is there?
import { setTimeout as sleep } from "node:timers/promises";
import { type Random, startRandom } from "../../k6/lib/random.ts";
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import type { Answer } from "../load/conversation.ts";
import { type BatchFate, judgeBatch } from "./batch-fates.ts";
import { createLanes, type Lane } from "./lane.ts";
import type { BatchesRecord } from "./record.ts";
import { copyData, type Stage, WAIT_LIMIT_MS, type WritableData } from "./stage.ts";
import { readStoredUsers } from "./stored-users.ts";

/** The most that a service takes at once: the longer a batch, the likelier a kill hits one. */
const BATCH_SIZE = 100;
const CONNECTIONS = 2;
/** A kill comes at a moment between these after the first answer: any moment is as good as any other. */
const KILL_AFTER_MS = { min: 5, max: 60 };
/** Of the acknowledged batches the service is asked for so many, evenly spread: a scan of a long file takes its time. The
 * store is read for all. */
const SERVED_SAMPLE = 50;

/** A batch that was posted. */
interface Batch {
  /** Of its first user. */
  readonly firstElement: number;
  /** As they were answered; null when it was not. */
  readonly ids: readonly string[] | null;
}

/** Kills a service so often, each time starts it again, and asks it for what was in flight; in the end, for what was
 * acknowledged as well. */
export async function killInBatches(
  stage: Stage,
  {
    name,
    row,
    promise,
  }: { readonly name: string; readonly row: Approach; readonly promise: "atomic" | "naive" },
  { kills, seed }: { readonly kills: number; readonly seed: number },
): Promise<BatchesRecord> {
  const random = startRandom(seed);
  await using data = await copyData(stage, name, row);
  const acknowledged: Batch[] = [];
  const fates: BatchFate[] = [];
  let nextElement = FIRST_UNSTORED_INDEX;
  const takeElements = () => {
    nextElement += BATCH_SIZE;
    return nextElement - BATCH_SIZE;
  };
  for (let kill = 0; kill < kills; kill++) {
    const batches = await postUntilKilled(data, stage, takeElements, random);
    acknowledged.push(...batches.filter(({ ids }) => ids !== null));
    const stored = await readElements(data, stage);
    await askAgain(data, stage, async (lane) => {
      for (const { firstElement } of batches.filter(({ ids }) => ids === null)) {
        const ids = elementsOf(firstElement).flatMap((element) => stored.get(element) ?? []);
        fates.push(judgeBatch(await countServed(ids, lane), BATCH_SIZE));
      }
    });
  }
  const lost = await countLost(data, stage, acknowledged);
  const count = (fate: BatchFate) => fates.filter((one) => one === fate).length;
  return {
    ...{ approach: name, promise, kills, batchSize: BATCH_SIZE, seed },
    acknowledged: acknowledged.length,
    inFlight: fates.length,
    whole: count("whole"),
    absent: count("absent"),
    half: count("half"),
    lost,
  };
}

/** Starts a service and posts batches over every lane until it is killed, at a moment of the random sequence. */
async function postUntilKilled(
  data: WritableData,
  { dataSeed, signal }: Stage,
  takeElements: () => number,
  random: Random,
): Promise<Batch[]> {
  await using group = await data.startGroup({ processes: 1 });
  const batches: Batch[] = [];
  let isKilled = false;
  const answered = Promise.withResolvers<void>();
  const lanes = createLanes(group.addresses, CONNECTIONS, { waitLimitMs: WAIT_LIMIT_MS, signal });
  const work = async (lane: Lane) => {
    while (!isKilled) {
      const firstElement = takeElements();
      const users = elementsOf(firstElement).map((element) => {
        const { name, email } = seededUser(dataSeed, element);
        return { name, email };
      });
      const body = JSON.stringify({ users });
      const reply = await lane.ask({ method: "POST", path: "/users/batch", body });
      const ids = "status" in reply ? readIds(reply) : null;
      batches.push({ firstElement, ids });
      if (ids !== null) answered.resolve();
    }
  };
  try {
    const working = Promise.all(lanes.map(work));
    await Promise.race([working, answered.promise]);
    await Promise.race([working, sleep(KILL_AFTER_MS.min + random(KILL_AFTER_MS.max - KILL_AFTER_MS.min))]);
    isKilled = true;
    await group.kill();
    await working;
    return batches;
  } finally {
    for (const lane of lanes) lane[Symbol.dispose]();
  }
}

/** Returns the ids of a batch in its order. @throws Error for any answer but 201 */
function readIds({ status, body }: Answer): string[] {
  if (status !== 201) throw new Error(`a batch was answered ${status}: ${body}`);
  return (JSON.parse(body) as { users: { id: string }[] }).users.map(({ id }) => id);
}

/** Starts the service again and asks it something; it has ended when this returns. */
async function askAgain(data: WritableData, { signal }: Stage, ask: (lane: Lane) => Promise<void>) {
  await using group = await data.startGroup({ processes: 1 });
  const [lane] = createLanes(group.addresses, 1, { waitLimitMs: WAIT_LIMIT_MS, signal }) as [Lane];
  using _lane = lane;
  await ask(lane);
}

/** Returns how many acknowledged batches are not in the store as a whole, or, of a sample, whose first or last user the
 * service does not have. */
async function countLost(data: WritableData, stage: Stage, acknowledged: readonly Batch[]): Promise<number> {
  const stored = await readElements(data, stage);
  let lost = 0;
  await askAgain(data, stage, async (lane) => {
    const every = Math.ceil(acknowledged.length / SERVED_SAMPLE);
    for (const [index, { firstElement, ids }] of acknowledged.entries()) {
      const ends = ids === null || index % every > 0 ? [] : [ids[0] as string, ids.at(-1) as string];
      const isStored = elementsOf(firstElement).every(
        (element, place) => stored.get(element) === ids?.[place],
      );
      if (!isStored || (await countServed(ends, lane)) < ends.length) lost++;
    }
  });
  return lost;
}

/** Returns the ids in the store, by element. */
async function readElements(data: WritableData, stage: Stage): Promise<ReadonlyMap<number, string>> {
  const { users } = await readStoredUsers(data, stage);
  return new Map(users.map(({ element, id }) => [element, id]));
}

async function countServed(ids: readonly string[], lane: Lane): Promise<number> {
  let served = 0;
  for (const id of ids) {
    const reply = await lane.ask({ method: "GET", path: `/users/${id}`, body: null });
    if (!("status" in reply)) throw new Error(`the restarted service did not answer: ${reply.error}`);
    if (reply.status === 200) served++;
  }
  return served;
}

function elementsOf(firstElement: number): number[] {
  return Array.from({ length: BATCH_SIZE }, (_, index) => firstElement + index);
}
