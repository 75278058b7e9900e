// Soak: a load far below what the service can do, for long. Memory, descriptors and latency must not grow. It only reads,
// since what is stored must take room.
import { setTimeout as sleep } from "node:timers/promises";
import { linearRegression } from "simple-statistics";
import { type Estimate, estimate } from "../measure/bootstrap.ts";
import { median } from "../measure/statistics.ts";
import type { Attack } from "./attack.ts";
import { openPipe } from "./pipe.ts";
import { describeTally, figuresOf, listWrong, startTally } from "./tally.ts";
import type { Target } from "./target.ts";

const FORMS = {
  full: { warmupMs: 60_000, soakMs: 600_000, sampleMs: 5_000 },
  short: { warmupMs: 200, soakMs: 3_000, sampleMs: 100 },
};
const CONNECTIONS = 10;
/** Of each connection: a hundred requests a second at most over all of them. There is none while warming up: V8 lets its heap
 * grow with the garbage that comes, and that growth would still go on for an hour of a light load. */
const PAUSE_MS = 100;
const BLOCKS = 12;
const RESAMPLES = 1_000;
/** What a figure may grow by over the whole soak, as a part of it, and still be called flat. */
const FLAT = 0.1;

/** Figures of one moment. */
export interface Sample {
  readonly atMs: number;
  readonly memoryBytes: number;
  readonly descriptors: number;
  /** Median of the requests since the sample before. */
  readonly latencyMs: number;
}

export const soak: Attack = {
  name: "soak",
  summary: "a light load for ten minutes (3 s in the short form): memory, descriptors and latency stay flat",
  concerns: () => true,
  // Of a few seconds nothing can be said but that it was measured.
  must: (isFull) => (isFull ? "hold" : "show"),
  findLack: () => null,
  async run(target, { isFull, signal, onProgress }) {
    const { warmupMs, soakMs, sampleMs } = isFull ? FORMS.full : FORMS.short;
    const tally = startTally();
    const latencies: number[] = [];
    let isEnding = false;
    let pauseMs = 0;
    const phase = { isEnding: () => isEnding, pauseMs: () => pauseMs };
    const load = Array.from({ length: CONNECTIONS }, () => ask(target, tally, latencies, phase));
    const samples: Sample[] = [];
    try {
      await sleep(warmupMs, undefined, { signal });
      pauseMs = PAUSE_MS;
      await sleep(sampleMs, undefined, { signal });
      const startMs = performance.now();
      latencies.length = 0;
      for (let atMs = 0; atMs < soakMs; ) {
        await sleep(sampleMs, undefined, { signal });
        atMs = performance.now() - startMs;
        const taken = latencies.splice(0);
        if (taken.length > 0)
          samples.push({
            atMs,
            memoryBytes: target.readMemoryBytes(),
            descriptors: target.countDescriptors(),
            latencyMs: median(taken),
          });
        onProgress(atMs, soakMs);
      }
    } finally {
      isEnding = true;
      await Promise.all(load);
    }
    const memory = estimateGrowth(samples, ({ memoryBytes }) => memoryBytes);
    const descriptors = estimateGrowth(samples, (sample) => sample.descriptors);
    const latency = estimateGrowth(samples, ({ latencyMs }) => latencyMs);
    const growing = Object.entries({ memory, descriptors, latency }).filter(([, growth]) => !isFlat(growth));
    return {
      wrong: [
        ...listWrong(tally),
        ...growing.map(([name, growth]) => `${name} grows: ${describeGrowth(growth)}`),
      ],
      measured:
        `${describeTally(tally)}; over ${soakMs / 1_000} s memory ${describeGrowth(memory)}, descriptors ` +
        `${describeGrowth(descriptors)}, latency ${describeGrowth(latency)}`,
      figures: {
        ...figuresOf(tally),
        samples: samples.length,
        ...name("memory", memory),
        ...name("descriptors", descriptors),
        ...name("latency", latency),
      },
      acknowledged: [],
    };
  },
};

/** Asks over one connection until it is told to end. */
async function ask(
  target: Target,
  tally: ReturnType<typeof startTally>,
  latencies: number[],
  phase: { readonly isEnding: () => boolean; readonly pauseMs: () => number },
): Promise<void> {
  const pipe = openPipe(target.service, tally);
  while (!phase.isEnding() && !pipe.socket.destroyed) {
    const sentMs = performance.now();
    const answered = new Promise((resolve) => pipe.socket.once("data", resolve));
    pipe.ask(target.makeRequests(1));
    await Promise.race([answered, pipe.closed]);
    latencies.push(performance.now() - sentMs);
    await sleep(phase.pauseMs());
  }
  pipe.socket.destroy();
  await pipe.closed;
}

/** Estimates by what part of its median a figure grows from the first sample to the last: the slope of a least-squares line,
 * its interval by bootstrap over stretches of the soak, within which samples resemble each other. */
export function estimateGrowth(samples: readonly Sample[], figureOf: (sample: Sample) => number): Estimate {
  const middle = median(samples.map(figureOf));
  const spanMs = (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0);
  const perBlock = Math.max(1, Math.ceil(samples.length / BLOCKS));
  const blocks = Array.from({ length: Math.ceil(samples.length / perBlock) }, (_, index) =>
    samples.slice(index * perBlock, (index + 1) * perBlock),
  );
  const growthOf = (chosen: readonly (readonly Sample[])[]) => {
    const { m } = linearRegression(chosen.flat().map((sample) => [sample.atMs, figureOf(sample)]));
    return middle === 0 || Number.isNaN(m) ? 0 : (m * spanMs) / middle;
  };
  return estimate(blocks, growthOf, RESAMPLES);
}

/** Whether a figure does not surely grow by more than what is called flat. */
export function isFlat({ low }: Estimate): boolean {
  return low === null || low <= FLAT;
}

function describeGrowth({ value, low, high }: Estimate): string {
  const percent = (part: number) => `${part < 0 ? "−" : "+"}${Math.abs(part * 100).toFixed(1)} %`;
  return low === null || high === null
    ? percent(value)
    : `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

function name(figure: string, { value, low, high }: Estimate): Record<string, number> {
  return {
    [`${figure}Growth`]: value,
    ...(low !== null && high !== null && { [`${figure}GrowthLow`]: low, [`${figure}GrowthHigh`]: high }),
  };
}
