// What the lab's own services cost beyond a control: CPU time per request, in pairs of fresh processes.
import { runBuiltin } from "../load/builtin.ts";
import type { ClosedLoad } from "../load/generator.ts";
import { startService } from "../targets/native-service.ts";
import type { Placement } from "../targets/placement.ts";
import { meanOfLowestTenth } from "./statistics.ts";

const WINDOW_MS = 100;
/** Fewer requests than this in a window say more about the window's edges than about the requests. */
const WINDOW_MIN_REQUESTS = 50;
const MIN_WINDOWS = 4;

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
 * Runs a program on its own under a closed load. Returns its CPU microseconds per request: the mean of the
 * lowest tenth over windows of 100 ms or as long as some requests take, because a noisy machine only ever adds.
 * @throws Error when a request failed
 */
export async function measureCpuPerRequest(program: Program, options: OverheadOptions): Promise<number> {
  const { load, placement, signal } = options;
  await using service = await startService({ ...program, cpus: placement.service, signal });
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

/** Requests and CPU time so far. */
type Sample = { readonly requests: number; readonly cpuMicros: number };

/**
 * Estimates CPU microseconds per request from samples at equal distances in time and a last one at the end. Windows are made wide enough for their requests; where that
 * leaves too few of them, the whole counts as one.
 * @throws RangeError for fewer than two samples
 */
export function estimateCpuPerRequest(samples: readonly Sample[]): number {
  const total = difference(samples[0], samples.at(-1));
  const samplesPerWindow = Math.ceil(
    (WINDOW_MIN_REQUESTS * (samples.length - 1)) / Math.max(1, total.requests),
  );
  const edges = samples.slice(0, -1).filter((_, index) => index % samplesPerWindow === 0);
  const windows = edges.slice(1).map((edge, index) => difference(edges[index], edge));
  const usable = windows.length >= MIN_WINDOWS ? windows : [total];
  return meanOfLowestTenth(usable.map(({ cpuMicros, requests }) => cpuMicros / Math.max(1, requests)));
}

function difference(from: Sample | undefined, to: Sample | undefined): Sample {
  if (from === undefined || to === undefined || from === to) throw new RangeError("too few samples");
  return { requests: to.requests - from.requests, cpuMicros: to.cpuMicros - from.cpuMicros };
}
