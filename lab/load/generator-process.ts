// A load generator that is another program: its output, its end, and its CPU time while it measures.
import { once } from "node:events";
import { isChildRunning, startChild, stopChild } from "../targets/child.ts";
import { readCpuMicros } from "../targets/process-cpu.ts";
import type { RunOptions } from "./generator.ts";

/** How often the CPU time is read; after the end there is nothing to read any more. */
const CPU_SAMPLE_MS = 200;

export interface GeneratorProcess extends AsyncDisposable {
  /** Resolves when the program has written this to stderr. @throws Error when it ends before */
  readonly says: (text: string) => Promise<void>;
  /** Begins to read its CPU time, now and until it stops or ends. */
  readonly startSampling: () => void;
  readonly stopSampling: () => void;
  /** Waits for its end. Returns its CPU time over time, between the first sample and the last.
   * @throws Error with what it wrote, when it failed */
  readonly end: () => Promise<number>;
}

/** Starts the program. Stops it when the signal is aborted, and when it is disposed of. */
export function startGenerator(
  program: string,
  args: readonly string[],
  { cpus, signal, env }: Pick<RunOptions, "cpus" | "signal"> & { readonly env: Record<string, string> },
): GeneratorProcess {
  signal?.throwIfAborted();
  const child = startChild(program, args, {
    cpus,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  ended.catch(() => {});
  const stop = () => void stopChild(child);
  signal?.addEventListener("abort", stop, { once: true });

  let log = "";
  let onLog = () => {};
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    onLog();
  });

  const samples: CpuSample[] = [];
  let isSampling = false;
  const sample = () => {
    if (isSampling && isChildRunning(child)) samples.push(...sampleCpu(child.pid as number));
  };
  let [turnMs, longestTurnMs] = [performance.now(), 0];
  const turn = () => {
    longestTurnMs = Math.max(longestTurnMs, performance.now() - turnMs);
    turnMs = performance.now();
  };
  const clock = setInterval(() => {
    turn();
    // The program's end is heard of first: one that ended while this process stood still has used nothing since.
    if (isSampling) setImmediate(sample);
  }, CPU_SAMPLE_MS);

  return {
    async says(text) {
      const said = new Promise<true>((resolve) => {
        onLog = () => log.includes(text) && resolve(true);
        onLog();
      });
      if ((await Promise.race([said, ended])) === true) return;
      signal?.throwIfAborted();
      throw new Error(`${program} ended early: ${log.trim()}`);
    },
    startSampling() {
      isSampling = true;
      sample();
    },
    stopSampling() {
      sample();
      isSampling = false;
    },
    async end() {
      const [code] = await ended;
      clearInterval(clock);
      turn();
      signal?.throwIfAborted();
      if (code !== 0) throw new Error(`${program} ended with code ${code}: ${log.trim()}`);
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || first === last)
        throw new Error(
          `the CPU time of ${program} could not be read: ${describeStandstill(longestTurnMs)}${log.trim()}`,
        );
      return (last.cpuMicros - first.cpuMicros) / 1000 / (last.atMs - first.atMs);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(clock);
      signal?.removeEventListener("abort", stop);
      await stopChild(child);
    },
  };
}

/** Says that it was the lab's own fault, where samples are missing because it was not running itself. */
function describeStandstill(turnMs: number): string {
  if (turnMs < 2 * CPU_SAMPLE_MS) return "";
  return `the lab itself did not get to run for ${Math.round(turnMs)} ms; `;
}

interface CpuSample {
  readonly atMs: number;
  readonly cpuMicros: number;
}

/** Returns nothing for a process that has just ended. */
function sampleCpu(pid: number): CpuSample[] {
  try {
    return [{ atMs: performance.now(), cpuMicros: readCpuMicros(pid) }];
  } catch {
    return [];
  }
}
