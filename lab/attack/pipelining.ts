// Pipelining: clients that send requests before they read the first answer. Each answer must be the one to its request. Those
// who send thousands at once are cut off; how long others wait meanwhile is shown.
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "./aftermath.ts";
import type { Attack } from "./attack.ts";
import { openPipe, type Pipe } from "./pipe.ts";
import { describeTally, figuresOf, listWrong, startTally } from "./tally.ts";
import type { Target } from "./target.ts";
import { watchHealth } from "./watching.ts";

const FORMS = { full: { clients: 50, rounds: 60, floods: 10 }, short: { clients: 10, rounds: 6, floods: 1 } };
/** Requests at once of a client that pipelines on purpose. */
const DEPTH = 16;
/** Requests at once of one that floods: several times as many as Node reads of a connection at a time. */
const FLOOD = 2_000;
const ONE_NEW_IN = 20;
const ANSWER_LIMIT_MS = 120_000;
/** How long they do not read what they are answered. */
const DEAF_MS = 100;

export const pipelining: Attack = {
  name: "pipelining",
  summary: `${DEPTH} requests at once over each connection, all answered in order; then ${FLOOD} at once, which are cut off`,
  concerns: () => true,
  must: () => "hold",
  findLack: () => null,
  async run(target, { isFull, signal, onProgress }) {
    const { clients, rounds, floods } = isFull ? FORMS.full : FORMS.short;
    const [patient, flooding] = [startTally(), startTally()];
    const wrong: string[] = [];
    const turns = rounds + floods;
    for (let round = 0; round < rounds; round++) {
      onProgress(round, turns);
      const unanswered = await withPipes(target, clients, patient, async (pipes) => {
        await sendDeaf(pipes, () => target.makeRequests(DEPTH, ONE_NEW_IN), signal);
        await waitFor(() => pipes.every(isDone) || signal.aborted, ANSWER_LIMIT_MS);
        signal.throwIfAborted();
        return pipes.reduce((sum, pipe) => sum + pipe.waiting(), 0);
      });
      if (unanswered + patient.unanswered > 0)
        wrong.push(`${unanswered + patient.unanswered} without an answer`);
    }
    const requests = target.makeRequests(FLOOD, ONE_NEW_IN);
    await using watch = await watchHealth(target.service);
    for (let flood = 0; flood < floods; flood++) {
      onProgress(rounds + flood, turns);
      const open = await withPipes(target, clients, flooding, async (pipes) => {
        await sendDeaf(pipes, () => requests, signal);
        await waitFor(() => pipes.every(isClosed) || signal.aborted, ANSWER_LIMIT_MS);
        signal.throwIfAborted();
        return pipes.filter((pipe) => !isClosed(pipe)).length;
      });
      if (open > 0) wrong.push(`${open} connections with ${FLOOD} requests at once are not closed`);
    }
    const health = await watch.end();
    return {
      wrong: [...wrong, ...listWrong(patient), ...listWrong(flooding)],
      measured:
        `${clients} connections, ${DEPTH} at once: ${describeTally(patient)}; ${FLOOD} at once: ${describeTally(flooding)}; ` +
        `/health within ${health.slowestMs.toFixed(0)} ms`,
      figures: {
        ...{ clients, ...figuresOf(patient), floodAsked: flooding.asked, floodRight: flooding.right },
        ...{ healthAsked: health.asked, healthFailed: health.failed, slowestHealthMs: health.slowestMs },
      },
      acknowledged: [...patient.acknowledged, ...flooding.acknowledged],
    };
  },
};

const isDone = (pipe: Pipe) => pipe.waiting() === 0;
const isClosed = ({ socket }: Pipe) => socket.destroyed;

async function withPipes<T>(
  target: Target,
  clients: number,
  tally: ReturnType<typeof startTally>,
  run: (pipes: readonly Pipe[]) => Promise<T>,
): Promise<T> {
  const pipes = Array.from({ length: clients }, () => openPipe(target.service, tally));
  try {
    return await run(pipes);
  } finally {
    for (const { socket } of pipes) socket.destroy();
    await Promise.all(pipes.map(({ closed }) => closed));
  }
}

/** Sends over all connections, and begins to read only then. */
async function sendDeaf(
  pipes: readonly Pipe[],
  makeRequests: () => Parameters<Pipe["ask"]>[0],
  signal: AbortSignal,
): Promise<void> {
  for (const pipe of pipes) {
    pipe.socket.pause();
    pipe.ask(makeRequests());
  }
  await sleep(DEAF_MS, undefined, { signal });
  for (const { socket } of pipes) socket.resume();
}
