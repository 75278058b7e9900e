// A process that is killed in the middle of batches, again and again: are there batches of which a part is there?
import { setTimeout as sleep } from "node:timers/promises";
import { type Random, startRandom } from "../../k6/lib/random.ts";
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";
import type { Approach } from "../../services/approaches/index.ts";
import type { ServiceGroup } from "../targets/service-group.ts";
import { type BatchFate, judgeBatch } from "./batch-fates.ts";
import { createLanes, type Lane } from "./lane.ts";
import type { BatchesRecord } from "./record.ts";
import { copyData, type Stage, WAIT_LIMIT_MS, type WritableData } from "./stage.ts";
import { readStoredUsers, type StoredUser } from "./stored-users.ts";

/** The most that a service takes at once: the longer a batch, the likelier a kill hits one. */
const BATCH_SIZE = 100;
const CONNECTIONS = 2;
/** A kill comes at a moment between these after the first post: any moment is as good as any other. */
const KILL_AFTER_MS = { min: 30, max: 150 };

/** A batch, by the element of its first user. */
interface Batch {
  readonly firstElement: number;
  readonly isAcknowledged: boolean;
}

/** Kills a service so often, each time starts it again, and asks it for what was in flight. */
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
  let group = await data.startGroup({ processes: 1 });
  try {
    for (let kill = 0; kill < kills; kill++) {
      const batches = await postUntilKilled(group, stage, takeElements, random);
      group = await data.startGroup({ processes: 1 });
      acknowledged.push(...batches.filter(({ isAcknowledged }) => isAcknowledged));
      const inFlight = batches.filter(({ isAcknowledged }) => !isAcknowledged);
      fates.push(...(await findFates(inFlight, group, stage, data, row)));
    }
  } finally {
    await group[Symbol.asyncDispose]();
  }
  const { users } = await readStoredUsers(row.needs, data.dataDir, data.databaseUrl);
  const stored = new Set(users.map(({ element }) => element));
  const isWhole = ({ firstElement }: Batch) =>
    elementsOf(firstElement).every((element) => stored.has(element));
  const count = (fate: BatchFate) => fates.filter((one) => one === fate).length;
  return {
    ...{ approach: name, promise, kills, batchSize: BATCH_SIZE, seed },
    acknowledged: acknowledged.length,
    inFlight: fates.length,
    whole: count("whole"),
    absent: count("absent"),
    half: count("half"),
    lost: acknowledged.filter((batch) => !isWhole(batch)).length,
  };
}

/** Posts batches over every lane until the service is killed, at a moment of the random sequence. */
async function postUntilKilled(
  group: ServiceGroup,
  { dataSeed, signal }: Stage,
  takeElements: () => number,
  random: Random,
): Promise<Batch[]> {
  const batches: Batch[] = [];
  let isKilled = false;
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
      const isAcknowledged = "status" in reply && reply.status === 201;
      if ("status" in reply && !isAcknowledged)
        throw new Error(`a batch was answered ${reply.status}: ${reply.body}`);
      batches.push({ firstElement, isAcknowledged });
    }
  };
  try {
    const working = Promise.all(lanes.map(work));
    await Promise.race([working, sleep(KILL_AFTER_MS.min + random(KILL_AFTER_MS.max - KILL_AFTER_MS.min))]);
    isKilled = true;
    await group.kill();
    await working;
    return batches;
  } finally {
    for (const lane of lanes) lane[Symbol.dispose]();
  }
}

/** Asks the restarted service for the users of batches: their ids are in the store, if they are anywhere. */
async function findFates(
  batches: readonly Batch[],
  group: ServiceGroup,
  { signal }: Stage,
  data: WritableData,
  row: Approach,
): Promise<BatchFate[]> {
  const { users } = await readStoredUsers(row.needs, data.dataDir, data.databaseUrl);
  const [lane] = createLanes(group.addresses, 1, { waitLimitMs: WAIT_LIMIT_MS, signal }) as [Lane];
  using _lane = lane;
  const fates: BatchFate[] = [];
  for (const { firstElement } of batches) {
    const stored = users.filter(
      ({ element }) => element >= firstElement && element < firstElement + BATCH_SIZE,
    );
    fates.push(judgeBatch(await countServed(stored, lane), BATCH_SIZE));
  }
  return fates;
}

async function countServed(users: readonly StoredUser[], lane: Lane): Promise<number> {
  let served = 0;
  for (const { id } of users) {
    const reply = await lane.ask({ method: "GET", path: `/users/${id}`, body: null });
    if (!("status" in reply)) throw new Error(`the restarted service did not answer: ${reply.error}`);
    if (reply.status === 200) served++;
  }
  return served;
}

function elementsOf(firstElement: number): number[] {
  return Array.from({ length: BATCH_SIZE }, (_, index) => firstElement + index);
}
