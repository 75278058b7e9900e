// What a level costs: acknowledged writes per second, and what SQLite pays for each commit.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startRandom } from "../../k6/lib/random.ts";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { CREATE_USERS_TABLE } from "../../services/storage/users-table.ts";
import { shuffleBy } from "../lesson/turns.ts";
import { summarizeLatencies } from "../load/latencies.ts";
import { probeSync } from "../machine/sync-probe.ts";
import { formatCount, formatMs } from "../report/format.ts";
import { makeOpenFolder } from "../targets/postgres-place.ts";
import { createLanes } from "../writers/lane.ts";
import { postFor, startRecorder } from "../writers/phases.ts";
import type { Case, Experiment, Finding, Stage, Subject } from "./experiment.ts";
import { startLife } from "./living-subject.ts";

/** The lessons' 50 connections, between which a sync can be shared; and one, which shares with nobody. */
const CONNECTIONS = [50, 1];
/** Windows of each, in random order. */
const BLOCKS = { short: 1, full: 5 };
/** How long the disk's own fdatasync is timed before each window. */
const PROBE_MS = 200;
const WARMUP_MS = 300;
const WINDOW_MS = 1_000;
const WAIT_LIMIT_MS = 30_000;
const ROWS_MS = 1_000;
const ROWS_AT_ONCE = 20_000;

export const speed: Experiment = {
  name: "speed",
  summary: "acknowledged writes per second at each level",
  listCases({ approaches, controls }, { seed, isFull }) {
    const asked = [...approaches, controls["one-sync-each"] as Subject];
    const cases = [
      ...asked.map((subject) => toCase(subject, "acknowledged writes per second", measureWrites)),
      ...asked
        .filter(({ row, level }) => row.needs.includes("users.db") && level === "lesson")
        .map((subject) => toCase(subject, "rows per second, one commit each and all in one", compareCommits)),
    ];
    const random = startRandom(seed);
    // A disk has its moods: in each block all meet the same.
    return Array.from({ length: isFull ? BLOCKS.full : BLOCKS.short }, () => shuffleBy(cases, random)).flat();
  },
};

function toCase(
  subject: Subject,
  question: string,
  run: (subject: Subject, stage: Stage) => Promise<Finding>,
): Case {
  return {
    experiment: speed.name,
    subject: subject.name,
    level: subject.level,
    question,
    must: "show",
    lack: null,
    run: async (stage) => {
      const { p50Ms } = probeSync(stage.folder, PROBE_MS);
      const { figures, ...found } = await run(subject, stage);
      return { ...found, figures: { ...figures, fdatasyncP50Ms: p50Ms } };
    },
  };
}

async function measureWrites(subject: Subject, stage: Stage): Promise<Finding> {
  const { signal, onProgress } = stage;
  const figures: Record<string, number> = {};
  const words: string[] = [];
  for (const [done, connections] of CONNECTIONS.entries()) {
    onProgress(done, CONNECTIONS.length);
    await using life = await startLife(subject, makeOpenFolder(join(stage.folder, "speed-")), { signal });
    const lanes = createLanes([life.service], connections, { waitLimitMs: WAIT_LIMIT_MS, signal });
    try {
      const recorder = startRecorder(DEFAULT_SEED);
      await postFor(lanes, recorder, WARMUP_MS);
      const posted = await postFor(lanes, recorder, WINDOW_MS);
      const perSecond = (posted.acknowledged / posted.windowMs) * 1000;
      const { p50 } = summarizeLatencies(posted.latencies);
      const of = connections === 1 ? "1 connection" : `${connections} connections`;
      words.push(`${formatCount(perSecond)}/s over ${of} (${formatMs(p50)})`);
      Object.assign(figures, {
        [`writesPerSecondOf${connections}`]: perSecond,
        [`p50MsOf${connections}`]: p50,
        [`errorsOf${connections}`]: posted.attempted - posted.acknowledged,
      });
    } finally {
      for (const lane of lanes) lane[Symbol.dispose]();
    }
  }
  return { holds: true, measured: words.join(", "), figures };
}

/** Inserts rows without any service: what HTTP costs would hide the most of it. */
async function compareCommits(_subject: Subject, stage: Stage): Promise<Finding> {
  const db = new DatabaseSync(join(mkdtempSync(join(stage.folder, "speed-")), "users.db"));
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    db.exec(CREATE_USERS_TABLE);
    const insert = db.prepare("INSERT INTO users (id, name, email, created_at) VALUES (?, ?, ?, ?)");
    let index = 0;
    const insertNext = () => {
      const { id, name, email, created_at } = seededUser(DEFAULT_SEED, index++);
      insert.run(id, name, email, created_at);
    };
    const startMs = performance.now();
    while (performance.now() < startMs + ROWS_MS) insertNext();
    const eachPerSecond = (index / (performance.now() - startMs)) * 1000;

    const beganMs = performance.now();
    db.exec("BEGIN");
    for (let row = 0; row < ROWS_AT_ONCE; row++) insertNext();
    db.exec("COMMIT");
    const togetherPerSecond = (ROWS_AT_ONCE / (performance.now() - beganMs)) * 1000;
    const times = togetherPerSecond / eachPerSecond;
    return {
      holds: true,
      measured: `${formatCount(eachPerSecond)} rows/s with a commit each, ${formatCount(togetherPerSecond)} in one transaction: ${formatCount(times)} times as many`,
      figures: { eachPerSecond, togetherPerSecond, times },
    };
  } finally {
    db.close();
  }
}
