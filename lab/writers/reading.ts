// Reading seeded users from services, closed or with pauses.
import { setTimeout as sleep } from "node:timers/promises";
import { prepareRequest } from "../../k6/lib/requests.ts";
import { buildLatencies, summarizeLatencies } from "../load/latencies.ts";
import type { Lane, Reply } from "./lane.ts";
import { nameError } from "./operations.ts";
import type { ReadFigures } from "./record.ts";

export interface ReadPlan {
  readonly dataSeed: number;
  /** Returns the index of a seeded user. */
  readonly nextIndex: () => number;
  readonly durationMs: number;
  /** Between an answer and the next question of the same lane. A reader that pauses leaves the cores to others, so that
   * what it waits for is a lock. */
  readonly pauseMs: number;
}

/** Reads over every lane; every answer is checked. */
export async function readFor(lanes: readonly Lane[], plan: ReadPlan): Promise<ReadFigures> {
  const { dataSeed, nextIndex, durationMs, pauseMs } = plan;
  const latencies = buildLatencies();
  const errors: Record<string, number> = {};
  let reads = 0;
  const startMs = performance.now();
  const work = async (lane: Lane) => {
    while (performance.now() < startMs + durationMs) {
      const request = prepareRequest({ kind: "find", index: nextIndex() }, { dataSeed, storesUsers: true });
      const askedMs = performance.now();
      const reply: Reply = await lane.ask(request);
      latencies.recordValue(Math.round((performance.now() - askedMs) * 1000));
      if ("status" in reply && reply.status === request.status && request.isRightBody(reply.body)) reads++;
      else errors[nameError(reply)] = (errors[nameError(reply)] ?? 0) + 1;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  await Promise.all(lanes.map(work));
  const windowMs = performance.now() - startMs;
  return {
    reads,
    readsPerSecond: (reads / windowMs) * 1000,
    latencyMs: summarizeLatencies(latencies),
    errors,
  };
}
