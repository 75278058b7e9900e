// What the lab's own services cost beyond a control: CPU time per request, in pairs of fresh processes.
import type { Random } from "../../k6/lib/random.ts";
import { runBuiltin } from "../load/builtin.ts";
import type { Load } from "../load/generator.ts";
import { type NativeService, startService } from "../targets/native-service.ts";
import type { Placement } from "../targets/placement.ts";
import { meanOfLowestTenth } from "./statistics.ts";

const WINDOW_MS = 100;
/** Fewer requests than this in a window say more about the window's edges than about the requests. */
const WINDOW_MIN_REQUESTS = 50;
/** How often program and control take turns. */
const TURNS = 6;

/** A program that serves users, with its settings. */
export interface Program {
  /** Path of its main file. */
  readonly main: string;
  readonly approach: string;
  readonly dataDir: string;
  readonly databaseUrl?: string | undefined;
}

export interface OverheadOptions {
  readonly load: Omit<Load, "host" | "port">;
  readonly placement: Placement;
  readonly signal: AbortSignal;
}

/** CPU microseconds per request of a program and of its control. */
export interface PairCost {
  readonly program: number;
  readonly control: number;
}

/**
 * Runs both as fresh processes beside each other, on the same cores, and asks them in turns, in random order: a mood of the
 * machine meets both. Each party's figure is the mean of the lowest tenth over windows of 100 ms, or as long as some
 * requests take, because a noisy machine only ever adds.
 * @throws Error when a request failed
 */
export async function measurePair(
  programs: { readonly program: Program; readonly control: Program },
  options: OverheadOptions,
  random: Random,
): Promise<PairCost> {
  const { placement, signal } = options;
  await using program = await startService({ ...programs.program, cpus: placement.service, signal });
  await using control = await startService({ ...programs.control, cpus: placement.service, signal });
  const windows: Record<keyof PairCost, number[]> = { program: [], control: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    const parties = { program, control };
    const order = random(2) === 0 ? (["program", "control"] as const) : (["control", "program"] as const);
    for (const party of order) windows[party].push(...(await measureTurn(parties[party], options)));
  }
  return { program: meanOfLowestTenth(windows.program), control: meanOfLowestTenth(windows.control) };
}

async function measureTurn(service: NativeService, options: OverheadOptions): Promise<number[]> {
  const { load, placement, signal } = options;
  const outcome = await runBuiltin(
    {
      load: { ...load, durationMs: load.durationMs / TURNS, host: service.host, port: service.port },
      watch: { pid: service.pid, everyMs: WINDOW_MS },
    },
    { cpus: placement.generator, signal, beforeMeasuring: async () => {} },
  );
  const [fault] = Object.entries(outcome.errors);
  if (fault) throw new Error(`${fault[1]} times ${fault[0]}`);
  return listCpuPerRequest(outcome.samples);
}

/** Requests and CPU time so far. */
type Sample = { readonly requests: number; readonly cpuMicros: number };

/**
 * Returns CPU microseconds per request by windows, from samples at equal distances in time and a last one at the end.
 * Windows are made wide enough for their requests; where that leaves none, the whole counts as one.
 * @throws RangeError for fewer than two samples
 */
export function listCpuPerRequest(samples: readonly Sample[]): number[] {
  const total = difference(samples[0], samples.at(-1));
  const samplesPerWindow = Math.ceil(
    (WINDOW_MIN_REQUESTS * (samples.length - 1)) / Math.max(1, total.requests),
  );
  const edges = samples.slice(0, -1).filter((_, index) => index % samplesPerWindow === 0);
  const windows = edges.slice(1).map((edge, index) => difference(edges[index], edge));
  const usable = windows.length > 0 ? windows : [total];
  return usable.map(({ cpuMicros, requests }) => cpuMicros / Math.max(1, requests));
}

function difference(from: Sample | undefined, to: Sample | undefined): Sample {
  if (from === undefined || to === undefined || from === to) throw new RangeError("too few samples");
  return { requests: to.requests - from.requests, cpuMicros: to.cpuMicros - from.cpuMicros };
}
