// What becomes of a service whose database is stopped, whose connections are cut, whose database hangs, or has a full disk:
// 503 with an error in JSON, no wrong answer, and service again without help.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Stage } from "../crash/experiment.ts";
import { findMountLacks } from "../crash/mounts.ts";
import { signalTree } from "../targets/signal-tree.ts";
import type { Attack, Sight } from "./attack.ts";
import { openPipe } from "./pipe.ts";
import { describeTally, figuresOf, listWrong, startTally, type Tally } from "./tally.ts";
import type { Database, Target } from "./target.ts";

const CONNECTIONS = 20;
const PAUSE_MS = 5;
const ONE_NEW_IN = 3;
/** Longer than a hung server is waited for. */
const HANG_MS = 8_000;
const AWAY_MS = 1_000;
const BETWEEN_CUTS_MS = 100;
/** No answer may take longer: a hung server is given up after six seconds. */
const ANSWER_LIMIT_MS = 12_000;
/** A cluster takes 40 MB, and its log up to 16 more before it needs another file. */
const DISK_BYTES = 160 * 2 ** 20;
const FULL_MS = 1_500;

const concerns: Attack["concerns"] = ({ needs }) => needs.includes("database");

function toAttack(
  name: string,
  summary: string,
  harm: (target: Target & WithDatabase, stage: Stage) => Promise<void>,
): Attack {
  return {
    name,
    summary,
    concerns,
    must: () => "hold",
    findLack: () => null,
    run: (target, stage) => askMeanwhile(target as Target & WithDatabase, stage, harm),
  };
}

interface WithDatabase {
  readonly database: Database;
}

const stop = toAttack(
  "database-stop",
  "the database server is stopped and started, under load",
  async ({ database }, { isFull, signal }) => {
    for (let round = 0; round < (isFull ? 5 : 1); round++) {
      await database.stop();
      await sleep(AWAY_MS, undefined, { signal });
      await database.start();
      await sleep(AWAY_MS, undefined, { signal });
    }
  },
);

const cut = toAttack(
  "database-cut",
  "all connections to the database are cut by pg_terminate_backend, again and again, under load",
  async ({ database }, { isFull, signal }) => {
    const client = new pg.Client({ connectionString: database.server().urlOf("postgres") });
    await client.connect();
    try {
      for (let round = 0; round < (isFull ? 200 : 10); round++) {
        await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
          database.name,
        ]);
        await sleep(BETWEEN_CUTS_MS, undefined, { signal });
      }
    } finally {
      await client.end();
    }
  },
);

const hang = toAttack(
  "database-hang",
  "all processes of the database are stopped (SIGSTOP) for 8 s, under load",
  async ({ database }, { signal }) => {
    const { pid } = database.server();
    signalTree(pid, "SIGSTOP");
    try {
      await sleep(HANG_MS, undefined, { signal });
    } finally {
      signalTree(pid, "SIGCONT");
    }
  },
);

const fullDisk = toAttack(
  "database-disk",
  "the database's disk, a small one in memory, is full for a while, under load",
  async ({ database }, { signal }) => {
    const filler = join(database.folder, "filler");
    fill(filler);
    try {
      await sleep(FULL_MS, undefined, { signal });
    } finally {
      rmSync(filler);
    }
  },
);

const diskFull: Attack = {
  ...fullDisk,
  databaseDiskBytes: DISK_BYTES,
  // Of a database that holds no users nobody notices.
  concerns: (row) => concerns(row) && !row.needs.includes("users.jsonl"),
  findLack: async (_row, { folder }) => (await findMountLacks(folder)).memory,
  async run(target, stage) {
    const sight = await fullDisk.run(target, stage);
    const isNoticed = (sight.figures.refused ?? 0) > 0;
    return isNoticed ? sight : { ...sight, wrong: [...sight.wrong, "nobody noticed that the disk was full"] };
  },
};

/** Writes until there is no room. */
function fill(file: string): void {
  const chunk = Buffer.alloc(2 ** 16);
  try {
    for (;;) writeFileSync(file, chunk, { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

export const databaseAttacks: readonly Attack[] = [stop, cut, hang, diskFull];

/** Asks over several connections while something is done to the database. */
async function askMeanwhile(
  target: Target & WithDatabase,
  stage: Stage,
  harm: (target: Target & WithDatabase, stage: Stage) => Promise<void>,
): Promise<Sight> {
  const tally = startTally();
  let isEnding = false;
  let slowestMs = 0;
  const asking = Array.from({ length: CONNECTIONS }, async () => {
    while (!isEnding) slowestMs = Math.max(slowestMs, await askOnce(target, tally));
  });
  try {
    await harm(target, stage);
  } finally {
    isEnding = true;
    await Promise.all(asking);
  }
  return {
    wrong: [
      ...listWrong(tally),
      ...(tally.unanswered > 0 ? [`${tally.unanswered} without an answer`] : []),
      ...(tally.right === 0 ? ["nothing was answered rightly"] : []),
    ],
    measured: `${describeTally(tally)}; the slowest answer after ${(slowestMs / 1_000).toFixed(1)} s`,
    figures: { slowestMs, ...figuresOf(tally) },
    acknowledged: tally.acknowledged,
  };
}

/** Asks once, over a connection of its own. Returns how long the answer took. */
async function askOnce(target: Target, tally: Tally): Promise<number> {
  const pipe = openPipe(target.service, tally);
  const sentMs = performance.now();
  pipe.ask(target.makeRequests(1, ONE_NEW_IN));
  const answered = new Promise((resolve) => pipe.socket.once("data", resolve));
  const patience = setTimeout(() => pipe.socket.destroy(), ANSWER_LIMIT_MS);
  await Promise.race([answered, pipe.closed]);
  clearTimeout(patience);
  const tookMs = performance.now() - sentMs;
  pipe.socket.destroy();
  await pipe.closed;
  await sleep(PAUSE_MS);
  return tookMs;
}
