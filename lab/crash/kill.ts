// Rounds of kill -9 at moments of chance under posts: nothing that was acknowledged is lost, nothing is there twice, and
// the next start needs nobody's help.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRandom } from "../../k6/lib/random.ts";
import { formatExact, formatMs } from "../report/format.ts";
import { makeOpenFolder } from "../targets/postgres-place.ts";
import type { Experiment, Finding, Must, Stage, Subject, Subjects } from "./experiment.ts";
import { readLineEnds } from "./line-ends.ts";
import { type Life, startLife } from "./living-subject.ts";
import { countUnserved, openLedger } from "./posting.ts";
import { promiseOf } from "./subjects.ts";

const ROUNDS = { short: 4, full: 100 };
const CONNECTIONS = 8;
/** A kill comes at a moment between these after the first post. */
const KILL_AFTER_MS = { min: 20, max: 250 };
/** So many of the last acknowledged users are asked for after each start: a scan of all would take longer than the rounds. */
const ASKED_AFTER_START = 20;
const QUESTION = "acknowledged users survive kill -9 at any moment, once each";

export const kill: Experiment = {
  name: "kill",
  summary: "kill -9 at moments of chance under posts, and a start after each",
  listCases: ({ approaches, controls }: Subjects) => [
    ...approaches.map((subject) => toCase(subject, promiseOf(subject) === "nothing" ? "show" : "hold")),
    toCase(controls["rebuild-often"] as Subject, "hold"),
    toCase(controls["lsm-small"] as Subject, "hold"),
    toCase(controls["answer-first"] as Subject, "fail"),
  ],
};

function toCase(subject: Subject, must: Must) {
  return {
    experiment: kill.name,
    subject: subject.name,
    level: subject.level,
    question: QUESTION,
    must,
    lack: null,
    run: (stage: Stage) => runRounds(subject, stage),
  };
}

async function runRounds(subject: Subject, stage: Stage): Promise<Finding> {
  const { seed, signal, onProgress } = stage;
  const rounds = stage.isFull ? ROUNDS.full : ROUNDS.short;
  const folder = makeOpenFolder(join(stage.folder, "kill-"));
  const random = startRandom(seed);
  const ledger = openLedger();
  const recoveriesMs: number[] = [];
  let [unserved, torn, broken] = [0, 0, 0];
  let life: Life = await startLife(subject, folder, { signal });
  try {
    for (let round = 0; round < rounds; round++) {
      onProgress(round, rounds);
      const posting = ledger.post(life.service, CONNECTIONS, signal);
      await sleep(KILL_AFTER_MS.min + random(KILL_AFTER_MS.max - KILL_AFTER_MS.min), undefined, { signal });
      // The posts go on, so that the kill comes in the middle of some.
      await life.kill();
      await posting.end();
      const { isTorn, brokenLines } = await readLineEnds(join(folder, "data", "users.jsonl"));
      if (isTorn) torn++;
      broken += brokenLines;
      life = await startLife(subject, folder, { signal });
      recoveriesMs.push(life.startupMs);
      unserved += await countUnserved(life.service, ledger.acknowledged.slice(-ASKED_AFTER_START), signal);
    }
    const left = { rounds, torn, broken, unserved };
    return conclude(left, recoveriesMs, ledger.conclude(await life.readStored()));
  } finally {
    await life[Symbol.asyncDispose]();
  }
}

function conclude(
  left: {
    readonly rounds: number;
    readonly torn: number;
    readonly broken: number;
    readonly unserved: number;
  },
  recoveriesMs: readonly number[],
  findings: ReturnType<ReturnType<typeof openLedger>["conclude"]>,
): Finding {
  const { acknowledged, lost, duplicated, unexpected, recovered, malformedLines } = findings;
  const sorted = recoveriesMs.toSorted((a, b) => a - b);
  const [medianMs, maxMs] = [sorted[sorted.length >> 1] as number, sorted.at(-1) as number];
  const wrong = duplicated + unexpected + malformedLines + left.broken;
  return {
    holds: acknowledged > 0 && lost + wrong + left.unserved === 0,
    measured:
      `${formatExact(acknowledged)} acknowledged over ${left.rounds} kills: ${formatExact(lost)} lost, ${left.unserved} not served ` +
      `right after the start, ${wrong} twice or malformed; ` +
      `${recovered} in flight are there as well; ${left.torn} torn ends repaired; ` +
      `up again in ${formatMs(medianMs)}, at most ${formatMs(maxMs)}`,
    figures: {
      ...{ ...left, acknowledged, lost, wrong, duplicated, unexpected, recovered, malformedLines },
      ...{ recoveryMedianMs: medianMs, recoveryMaxMs: maxMs },
    },
  };
}
