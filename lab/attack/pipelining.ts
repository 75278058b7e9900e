// Pipelining: clients that send many requests before they read the first answer. Each answer must be the one to its request.
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "./aftermath.ts";
import type { Attack } from "./attack.ts";
import { openPipe } from "./pipe.ts";
import { describeTally, figuresOf, listWrong, startTally } from "./tally.ts";

const FORMS = { full: { clients: 50, requests: 1_000 }, short: { clients: 10, requests: 100 } };
const ANSWER_LIMIT_MS = 120_000;
/** How long they do not read what they are answered. */
const DEAF_MS = 500;

export const pipelining: Attack = {
  name: "pipelining",
  summary:
    "1,000 requests (100 in the short form) over each connection before an answer is read, all answers in order",
  concerns: () => true,
  must: () => "hold",
  findLack: () => null,
  async run(target, { isFull, signal }) {
    const { clients, requests } = isFull ? FORMS.full : FORMS.short;
    const tally = startTally();
    const pipes = Array.from({ length: clients }, () => openPipe(target.service, tally));
    try {
      for (const pipe of pipes) {
        pipe.socket.pause();
        pipe.ask(target.makeRequests(requests, 20));
      }
      await sleep(DEAF_MS, undefined, { signal });
      for (const { socket } of pipes) socket.resume();
      const isDone = () => pipes.every((pipe) => pipe.waiting() === 0);
      await waitFor(() => isDone() || signal.aborted, ANSWER_LIMIT_MS);
      signal.throwIfAborted();
      const waiting = pipes.reduce((sum, pipe) => sum + pipe.waiting(), 0);
      return {
        wrong: [...listWrong(tally), ...(waiting > 0 ? [`${waiting} without an answer`] : [])],
        measured: `${clients} connections; ${describeTally(tally)}`,
        figures: { clients, ...figuresOf(tally) },
        acknowledged: tally.acknowledged,
      };
    } finally {
      for (const { socket } of pipes) socket.destroy();
      await Promise.all(pipes.map(({ closed }) => closed));
    }
  },
};
