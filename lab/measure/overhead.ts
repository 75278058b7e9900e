// What the lab's own services cost beyond a control: CPU time per request, in pairs of fresh processes.
import { runBuiltin } from "../load/builtin.ts";
import type { ClosedLoad } from "../load/generator.ts";
import { startService } from "../targets/service.ts";
import type { Placement } from "./placement.ts";
import { meanOfLowestTenth } from "./statistics.ts";

const WINDOW_MS = 100;
/** Fewer requests than this in a window say more about the window's edges than about the requests. */
const WINDOW_MIN_REQUESTS = 50;

/** A program that serves users, with its settings. */
export interface Program {
  /** Path of its main file. */
  readonly main: string;
  readonly approach: string;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
}

export interface OverheadOptions {
  readonly load: Omit<ClosedLoad, "host" | "port">;
  readonly placement: Placement;
  readonly signal: AbortSignal;
}

/**
 * Runs a program on its own under a closed load. Returns its CPU microseconds per request: where a window of 100 ms
 * has enough requests, the mean of the lowest tenth of the windows, because a noisy machine only ever adds; else the
 * CPU time of the whole window over its requests.
 * @throws Error when a request failed
 */
export async function measureCpuPerRequest(program: Program, options: OverheadOptions): Promise<number> {
  const { load, placement, signal } = options;
  await using service = await startService({ ...program, cpus: placement.service });
  const outcome = await runBuiltin(
    {
      load: { ...load, host: service.host, port: service.port },
      watch: { pid: service.pid, everyMs: WINDOW_MS },
    },
    { cpus: placement.generator, signal, beforeMeasuring: async () => {} },
  );
  const [fault] = Object.entries(outcome.errors);
  if (fault) throw new Error(`${program.main} ${program.approach}: ${fault[1]} times ${fault[0]}`);
  return estimateCpuPerRequest(outcome.samples);
}

/** Requests and CPU time so far, at equal distances in time. */
type Sample = { readonly requests: number; readonly cpuMicros: number };

/** @throws RangeError for fewer than two samples */
export function estimateCpuPerRequest(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new RangeError("too few samples");
  const windows = samples.slice(1).map((sample, index) => {
    const previous = samples[index] as Sample;
    return {
      requests: sample.requests - previous.requests,
      cpuMicros: sample.cpuMicros - previous.cpuMicros,
    };
  });
  const isFine = windows.every(({ requests }) => requests >= WINDOW_MIN_REQUESTS);
  if (isFine) return meanOfLowestTenth(windows.map(({ cpuMicros, requests }) => cpuMicros / requests));
  return (last.cpuMicros - first.cpuMicros) / Math.max(1, last.requests - first.requests);
}
