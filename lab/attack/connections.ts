// Connections: thousands at once, silent at first; then all of them ask in the same moment.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { planLimits, readOpenFileLimit } from "../../services/http/limits.ts";
import { ask, waitFor } from "./aftermath.ts";
import type { Attack } from "./attack.ts";
import { openPipe, type Pipe } from "./pipe.ts";
import { describeTally, figuresOf, listWrong, startTally } from "./tally.ts";
import { watchHealth } from "./watching.ts";

const FORMS = {
  full: { connections: 10_000, silentMs: 10_000 },
  short: { connections: 1_000, silentMs: 300 },
};
/** So many are opened before others: the system's own queue for a port holds a few thousand. */
const OPENED_TOGETHER = 200;
const ANSWER_LIMIT_MS = 60_000;

export const connections: Attack = {
  name: "connections",
  summary: "10,000 connections at once (1,000 in the short form), silent at first, then each asks",
  concerns: () => true,
  must: () => "hold",
  findLack(_row, { isFull }) {
    const count = (isFull ? FORMS.full : FORMS.short).connections;
    const most = planLimits(readOpenFileLimit()).connections;
    return most > count
      ? null
      : `a process may have too few files open here: ${count} connections of ${most}`;
  },
  async run(target, { isFull, signal, onProgress }) {
    const { connections: count, silentMs } = isFull ? FORMS.full : FORMS.short;
    const tally = startTally();
    await using health = await watchHealth(target.service);
    const pipes: Pipe[] = [];
    try {
      while (pipes.length < count) {
        signal.throwIfAborted();
        const opening = Array.from({ length: Math.min(OPENED_TOGETHER, count - pipes.length) }, () =>
          openPipe(target.service, tally),
        );
        await Promise.all(opening.map(({ socket }) => once(socket, "connect", { signal })));
        pipes.push(...opening);
        onProgress(pipes.length, 2 * count);
      }
      await sleep(silentMs, undefined, { signal });
      const memoryBytes = target.readMemoryBytes();
      const answeredAmong = await ask(target, target.makeRequests(20));
      for (const pipe of pipes) pipe.ask(target.makeRequests(1, 10));
      await waitFor(() => tally.right + tally.refused >= count || signal.aborted, ANSWER_LIMIT_MS);
      signal.throwIfAborted();
      const { failed, slowestMs } = await health.end();
      const unanswered = pipes.reduce((sum, pipe) => sum + pipe.waiting(), 0);
      return {
        wrong: [
          ...listWrong(tally),
          ...(answeredAmong < 20 ? ["others were not answered meanwhile"] : []),
          ...(unanswered > 0 ? [`${unanswered} without an answer`] : []),
          ...(failed > 0 ? [`/health failed ${failed} times`] : []),
        ],
        measured: `${count} connections; ${describeTally(tally)}; /health within ${slowestMs.toFixed(0)} ms`,
        figures: { connections: count, memoryBytes, slowestHealthMs: slowestMs, ...figuresOf(tally) },
        acknowledged: tally.acknowledged,
      };
    } finally {
      for (const { socket } of pipes) socket.destroy();
      await Promise.all(pipes.map(({ closed }) => closed));
    }
  },
};
