// One trial: an approach written to by some processes. Posts without pause, then posts that the other processes are asked
// for at once, then everything is asked for everywhere, and read from the store itself.
import { availableParallelism, cpus } from "node:os";
import { join, relative } from "node:path";
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { startRandom } from "../../k6/lib/random.ts";
import { startChecker } from "../history/check-history.ts";
import { compressHistory, createHistory, readHistory } from "../history/history-file.ts";
import { shuffleBy } from "../lesson/turns.ts";
import { summarizeLatencies } from "../load/latencies.ts";
import { compareMoods, readMood } from "../measure/mood.ts";
import { createLanes, type Lane } from "./lane.ts";
import type { Acknowledged } from "./operations.ts";
import { type PostOutcome, postAndLook, postFor, readAll, startRecorder } from "./phases.ts";
import type { WriterTrial } from "./plan.ts";
import type { TrialRecord } from "./record.ts";
import { HISTORIES } from "./run-folder.ts";
import { copyData, type Stage, WAIT_LIMIT_MS } from "./stage.ts";
import { readStoredUsers, type StoredUsers } from "./stored-users.ts";

/** Parts of the measured window. A fresh process runs its slower, uncompiled code at first. */
const WARMUP_PART = 0.3;
const LOOK_PART = 0.4;

/** @param folder the run's
 * @throws Error when the services cannot be started at all */
export async function runTrial(
  stage: Stage,
  trial: WriterTrial,
  position: number,
  folder: string,
): Promise<TrialRecord> {
  const { approach, row, block } = trial;
  const startedAt = new Date().toISOString();
  const name = `${String(position).padStart(4, "0")}-block-${block}-${slug(trial.name)}.jsonl`;
  const history = join(folder, HISTORIES, name);
  await using data = await copyData(stage, approach, row);
  const lookedMs = performance.now();
  const moodBefore = readMood(stage.dataRoot);
  const conducted = await conduct(stage, trial, data, history);
  const { canaryMs, fsyncMs, stealShare } = compareMoods(
    moodBefore,
    readMood(stage.dataRoot),
    performance.now() - lookedMs,
  );
  const stored = await readStoredUsers(data, stage);
  const findings = await check(history, stored, trial.settleMs);
  return {
    ...{ cell: trial.name, approach, setup: trial.setup, processes: trial.processes },
    ...{ areThreads: trial.areThreads, settings: trial.settings, settleMs: trial.settleMs },
    ...{ block, trial: position },
    startedAt,
    endedAt: new Date().toISOString(),
    durability: row.durability,
    connections: stage.connections,
    ...conducted,
    ...{ canaryMs, fsyncMs, ...(stealShare !== undefined && { stealShare }) },
    seededAtEnd: stored.seeded,
    findings,
    history: relative(folder, await compressHistory(history)),
  };
}

async function conduct(
  stage: Stage,
  trial: WriterTrial,
  data: Awaited<ReturnType<typeof copyData>>,
  historyPath: string,
) {
  const { connections, durationMs, dataSeed, signal } = stage;
  await using group = await data.startGroup(trial);
  await using history = await createHistory(historyPath);
  const recorder = startRecorder(dataSeed, history.append);
  using lanes = openLanes(group.addresses, connections, signal);

  await postFor(lanes.all, recorder, durationMs * WARMUP_PART);
  const readCpu = async () => ({
    services: await group.readCpuMicros(),
    database: trial.row.needs.includes("database") ? await stage.target.database?.readCpuMicros() : undefined,
    client: process.cpuUsage(),
    machine: readMachineMicros(),
  });
  const before = await readCpu();
  const posted = await postFor(lanes.all, recorder, durationMs);
  const after = await readCpu();

  const unlooked = [...recorder.acknowledged];
  const looked = await postAndLook(lanes.byProcess, recorder, durationMs * LOOK_PART);
  const random = startRandom(trial.seed);
  const askEverywhere = (users: readonly Acknowledged[], limitMs: number) =>
    readAll(lanes.all, shuffleBy(users, random), recorder, { limitMs, settleMs: trial.settleMs });
  // Those that were looked for are as many as reads are quick, so there is time for all of them.
  const askedAgain = await askEverywhere(looked, Number.POSITIVE_INFINITY);
  const askedAtEnd = askedAgain + (await askEverywhere(unlooked, stage.readAllLimitMs));
  return { ...describeWindow(posted, before, after), askedAtOnce: looked.length, askedAtEnd };
}

interface CpuReading {
  readonly services: number;
  readonly database: number | undefined;
  readonly client: NodeJS.CpuUsage;
  /** Of everybody, on all cores. */
  readonly machine: number;
}

function readMachineMicros(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) * 1000;
}

function describeWindow(posted: PostOutcome, before: CpuReading, after: CpuReading) {
  const { acknowledged, attempted, errors, windowMs, latencies } = posted;
  const services = after.services - before.services;
  const database =
    after.database === undefined || before.database === undefined ? null : after.database - before.database;
  const client = after.client.user + after.client.system - before.client.user - before.client.system;
  const windowMicros = windowMs * 1000;
  const isKnown = database !== null && Number.isFinite(database);
  const ownMicros = services + (isKnown ? database : 0) + client;
  return {
    windowMs,
    posts: acknowledged,
    attempts: attempted,
    postsPerSecond: (acknowledged / windowMs) * 1000,
    errors,
    latencyMs: latencies.totalCount === 0 ? null : summarizeLatencies(latencies),
    latencyHistogram: encodeIntoCompressedBase64(latencies),
    servicesCpuMicrosPerRequest: services / attempted,
    ...(isKnown && { databaseCpuMicrosPerRequest: database / attempted }),
    busyShare: ownMicros / windowMicros / availableParallelism(),
    // The system's clock and those of the processes differ by some ticks.
    othersBusyShare: Math.max(0, after.machine - before.machine - ownMicros) / windowMicros / cpus().length,
    clientCpuShare: client / windowMicros,
  };
}

interface OpenLanes extends Disposable {
  readonly all: readonly Lane[];
  /** As many of each process. */
  readonly byProcess: readonly (readonly Lane[])[];
}

function openLanes(
  addresses: Parameters<typeof createLanes>[0],
  connections: number,
  signal: AbortSignal,
): OpenLanes {
  const all = createLanes(addresses, connections, { waitLimitMs: WAIT_LIMIT_MS, signal });
  const places = Math.floor(connections / addresses.length);
  const byProcess = addresses.map((_, index) =>
    all.filter(({ process }) => process === index + 1).slice(0, places),
  );
  return {
    all,
    byProcess,
    [Symbol.dispose]() {
      for (const lane of all) lane[Symbol.dispose]();
    },
  };
}

async function check(historyPath: string, stored: StoredUsers, settleMs: number) {
  const checker = startChecker(settleMs);
  for await (const operation of readHistory(historyPath)) checker.take(operation);
  return checker.conclude(stored);
}

/** A name as a part of a file's name. */
function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
