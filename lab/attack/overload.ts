// Overload: requests come at ten times the rate that the service can answer, whether earlier ones are answered or not. Each
// takes a free connection of a thousand; where none is free it is turned away, as by whatever stands before a service.
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "./aftermath.ts";
import type { Attack } from "./attack.ts";
import { openPipe, type Pipe } from "./pipe.ts";
import { describeTally, figuresOf, listWrong, startTally } from "./tally.ts";
import type { Target } from "./target.ts";
import { listUnhealthy, watchHealth } from "./watching.ts";

const FORMS = {
  full: { capacityMs: 5_000, overloadMs: 60_000 },
  short: { capacityMs: 500, overloadMs: 2_000 },
};
const TIMES = 10;
const CONNECTIONS = 1_000;
const CLOSED_CONNECTIONS = 50;
const ONE_NEW_IN = 10;
const TICK_MS = 20;
const ANSWER_LIMIT_MS = 30_000;

export const overload: Attack = {
  name: "overload",
  summary: "ten times the requests that it can answer, for a minute (2 s in the short form)",
  concerns: () => true,
  must: () => "hold",
  findLack: () => null,
  async run(target, { isFull, signal, onProgress }) {
    const { capacityMs, overloadMs } = isFull ? FORMS.full : FORMS.short;
    let capacity = await measureCapacity(target, capacityMs);
    const tally = startTally();
    const pipes = Array.from({ length: CONNECTIONS }, () => openPipe(target.service, tally));
    await using health = await watchHealth(target.service);
    let offered = 0;
    let turnedAway = 0;
    try {
      const startMs = performance.now();
      let [elapsedMs, due] = [0, 0];
      let second = { fromMs: 0, answered: 0 };
      while (elapsedMs < overloadMs) {
        signal.throwIfAborted();
        await sleep(TICK_MS, undefined, { signal });
        const nowMs = performance.now() - startMs;
        due += (TIMES * capacity * (nowMs - elapsedMs)) / 1_000;
        elapsedMs = nowMs;
        turnedAway += offer(target, pipes, Math.floor(due) - offered);
        offered = Math.floor(due);
        // What it could answer before was measured on a process that had just begun.
        if (nowMs - second.fromMs >= 1_000) {
          const answered = tally.right + tally.refused;
          capacity = Math.max(capacity, ((answered - second.answered) * 1_000) / (nowMs - second.fromMs));
          second = { fromMs: nowMs, answered };
        }
        onProgress(elapsedMs, overloadMs);
      }
      const found = await health.end();
      await waitFor(() => pipes.every((pipe) => pipe.waiting() === 0) || signal.aborted, ANSWER_LIMIT_MS);
      signal.throwIfAborted();
      const waiting = pipes.reduce((sum, pipe) => sum + pipe.waiting(), 0);
      return {
        wrong: [
          ...listWrong(tally),
          ...(tally.right === 0 ? ["nothing was answered rightly"] : []),
          ...(waiting > 0 ? [`${waiting} without an answer ${ANSWER_LIMIT_MS / 1_000} s later`] : []),
          ...listUnhealthy(found),
        ],
        measured:
          `${offered} requests in ${overloadMs / 1_000} s, where ${capacity.toFixed(0)}/s are the most that it answered; ` +
          `${turnedAway} found all ${CONNECTIONS} connections busy; ${describeTally(tally)}; /health within ${found.slowestMs.toFixed(0)} ms`,
        figures: {
          ...{ capacity, offered, turnedAway, healthAsked: found.asked, healthFailed: found.failed },
          ...{ slowestHealthMs: found.slowestMs, ...figuresOf(tally) },
        },
        acknowledged: tally.acknowledged,
      };
    } finally {
      for (const { socket } of pipes) socket.destroy();
      await Promise.all(pipes.map(({ closed }) => closed));
    }
  },
};

/** Sends requests, each over a connection on which none waits. Returns how many found none. */
function offer(target: Target, pipes: readonly Pipe[], due: number): number {
  const free = pipes.filter((pipe) => pipe.waiting() === 0 && !pipe.socket.destroyed).slice(0, due);
  for (const pipe of free) pipe.ask(target.makeRequests(1, ONE_NEW_IN));
  return due - free.length;
}

/** Returns the rate at which a closed load is answered. */
async function measureCapacity(target: Target, durationMs: number): Promise<number> {
  const tally = startTally();
  const pipes = Array.from({ length: CLOSED_CONNECTIONS }, () => openPipe(target.service, tally));
  const startMs = performance.now();
  const answered = () => tally.right + tally.refused;
  for (const pipe of pipes) pipe.socket.on("data", () => askAgain(pipe));
  const askAgain = (pipe: Pipe) => {
    if (pipe.waiting() === 0 && performance.now() - startMs < durationMs)
      pipe.ask(target.makeRequests(1, ONE_NEW_IN));
  };
  for (const pipe of pipes) askAgain(pipe);
  await sleep(durationMs);
  const rate = (answered() * 1_000) / (performance.now() - startMs);
  await waitFor(() => pipes.every((pipe) => pipe.waiting() === 0), ANSWER_LIMIT_MS);
  for (const { socket } of pipes) socket.destroy();
  await Promise.all(pipes.map(({ closed }) => closed));
  return Math.max(rate, 1);
}
