// Work in a process of its own that is killed at a moment of chance.
import { approaches } from "../../services/approaches/index.ts";
import { buildIndexLessonWay } from "../controls/lesson-index.ts";
import { buildIndex } from "../data/build-index.ts";
import { prepareData } from "../data/prepare.ts";
import { callInProcess, type Job } from "../lesson/bare-process.ts";

/** Sorts the data and writes its index, as `npm run build-index` does. */
export async function buildIndexOf(files: { readonly dataFile: string; readonly indexFile: string }) {
  await buildIndex({ ...files, onProgress: () => {}, signal: new AbortController().signal });
}

/** The same as the lesson does it: both files are written over in place. */
export function buildIndexInPlace(files: { readonly dataFile: string; readonly indexFile: string }) {
  buildIndexLessonWay(files.dataFile, files.indexFile);
}

/** Makes the data of the approaches that need no server, as `npm run prepare-data` does. */
export async function prepareFolders({ root, size, seed }: { root: string; size: number; seed: number }) {
  const { linear, binary, sqlite } = approaches;
  const signal = new AbortController().signal;
  await prepareData({
    root,
    size,
    seed,
    approaches: { linear, binary, sqlite },
    onProgress: () => {},
    signal,
  });
}

/** Runs a job of this module to its end. Returns how long it took, the start of its process included. */
export async function runJob<Args, Result>(
  job: Job<Args, Result>,
  args: Args,
  signal: AbortSignal,
): Promise<number> {
  const startedMs = performance.now();
  await callInProcess(import.meta.url, job, args, { cpus: [], signal });
  return performance.now() - startedMs;
}

/** Runs a job and kills it at a moment (SIGKILL). Returns whether it was still at work.
 * @param wait resolves at the moment; rejects when its signal is aborted, because the job has ended before */
export async function killJob<Args, Result>(
  job: Job<Args, Result>,
  args: Args,
  wait: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  const killer = new AbortController();
  const over = new AbortController();
  const waiting = wait(over.signal).then(
    () => killer.abort(new Error("killed")),
    () => {},
  );
  try {
    const both = AbortSignal.any([signal, killer.signal]);
    await callInProcess(import.meta.url, job, args, { cpus: [], signal: both });
    return false;
  } catch (error) {
    signal.throwIfAborted();
    if (!killer.signal.aborted) throw error;
    return true;
  } finally {
    over.abort();
    await waiting;
  }
}
