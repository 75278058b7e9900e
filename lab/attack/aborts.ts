// Aborted requests: clients that go away at a random moment, before, while or after they are answered.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startRandom } from "../../k6/lib/random.ts";
import { formatRequest } from "../load/wire.ts";
import type { Attack } from "./attack.ts";

const FORMS = { full: 20_000, short: 1_000 };
const TOGETHER = 100;
const LONGEST_STAY_MS = 150;

export const aborts: Attack = {
  name: "aborts",
  summary:
    "20,000 requests (1,000 in the short form) whose clients go away at a random moment, some with a reset",
  concerns: () => true,
  must: () => "hold",
  findLack: () => null,
  async run(target, { isFull, seed, signal, onProgress }) {
    const count = isFull ? FORMS.full : FORMS.short;
    const random = startRandom(seed);
    const { host, port } = target.service;
    let [aborted, answered] = [0, 0];
    const abortOne = async (): Promise<void> => {
      const [request] = target.makeRequests(1, 3);
      const text = formatRequest(request as never, `${host}:${port}`);
      const socket = connect({ host, port, noDelay: true }).on("error", () => {});
      socket.once("data", () => answered++);
      // Half of them do not even send the whole request.
      socket.write(random(2) === 0 ? text : text.slice(0, random(text.length)));
      await sleep(random(LONGEST_STAY_MS));
      if (random(2) === 0) socket.destroy();
      else socket.resetAndDestroy();
      aborted++;
    };
    while (aborted < count) {
      signal.throwIfAborted();
      await Promise.all(Array.from({ length: TOGETHER }, abortOne));
      onProgress(aborted, count);
    }
    return {
      wrong: [],
      measured: `${aborted} clients went away, ${answered} of them after an answer`,
      figures: { aborted, answered },
      acknowledged: [],
    };
  },
};
