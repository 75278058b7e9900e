// A disk that is full, takes only a part of a write, or fails: the client is told so, nothing torn is served, nothing that
// was acknowledged is lost, and the service serves again as soon as the disk does.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { findObstacle } from "../measure/count-requests.ts";
import type { Case, Experiment, Finding, Must, Stage, Subject } from "./experiment.ts";
import { failCalls, findFaultTools, limitFileSize, RUN_LIMITED } from "./faults.ts";
import { type Life, type LifeOptions, startLife } from "./living-subject.ts";
import { findMountLacks, mountMemory } from "./mounts.ts";
import { countUnserved, type Ledger, openLedger } from "./posting.ts";
import { promiseOf } from "./subjects.ts";

/** What the disk has, and what of it is taken before the first post. */
const DISK_BYTES = 2 ** 20;
const TAKEN_BYTES = DISK_BYTES - 200 * 1024;
/** Enough to fill the rest, of a line each. */
const FILLING_POSTS = 3_000;
const REFUSALS = 3;
/** So many posts are made when the disk is well again; one of the first may still find what the fault has left. */
const POSTS_AFTER = 20;
const MAY_FAIL_AFTER = 2;

/** Whether a subject's writes go to users.jsonl. */
const appendsLines = ({ row }: Subject) => row.needs.includes("users.jsonl");

export const disk: Experiment = {
  name: "disk",
  summary:
    "no space left, a write that the system takes half of, an error of the disk on a write and on a sync",
  async listCases({ approaches }, { folder }) {
    const { memory } = await findMountLacks(folder);
    const [limits, tracing] = [await findFaultTools(), await findObstacle()];
    // A server is another process, with files of its own.
    const asked = approaches.filter(({ row }) => !row.needs.includes("database"));
    return asked.flatMap((subject) => [
      toCase(subject, "no space left", memory, fillDisk),
      toCase(subject, "a write of which the system takes a part", limits, shortenWrite),
      toCase(subject, "an error of the disk on a write", ofNamedFile(subject, tracing), failWrite),
      ...(syncs(subject) ? [toCase(subject, "an error of the disk on a sync", tracing, failSync)] : []),
    ]);
  },
};

/** SQLite at level process syncs only when it merges its log, and lines at lower levels never. */
const syncs = (subject: Subject) => promiseOf(subject) === "power";

/** A tracer watches a file that is there before its service. */
function ofNamedFile({ row }: Subject, lack: string | null): string | null {
  return row.needs.includes("store") ? "its approach names the files of the store after its start" : lack;
}

function toCase(
  subject: Subject,
  fault: string,
  lack: string | null,
  run: (subject: Subject, stage: Stage, folder: string) => Promise<Finding>,
): Case {
  const must: Must = promiseOf(subject) === "nothing" ? "show" : "hold";
  return {
    experiment: disk.name,
    subject: subject.name,
    level: subject.level,
    question: `${fault}: an honest error, nothing lost or torn, and service again`,
    must,
    lack,
    async run(stage) {
      const found = await run(subject, stage, mkdtempSync(join(stage.folder, "disk-")));
      return { ...found, measured: `${fault}: ${found.measured}` };
    },
  };
}

async function fillDisk(subject: Subject, stage: Stage, folder: string): Promise<Finding> {
  const mounted = join(folder, "small");
  await using _memory = await mountMemory(mounted, DISK_BYTES);
  const filler = join(mounted, "filler");
  writeFileSync(filler, Buffer.alloc(TAKEN_BYTES));
  return await meetFault(subject, stage, mounted, {}, async (life, ledger) => {
    await postUntilRefused(life, ledger, stage.signal);
    rmSync(filler);
  });
}

async function shortenWrite(subject: Subject, stage: Stage, folder: string): Promise<Finding> {
  return meetFault(subject, stage, folder, { runner: RUN_LIMITED }, async (life, ledger) => {
    for (let posts = 0; posts < 20; posts++) await ledger.postOne(life.service, stage.signal);
    // Room for a part of the next line, or of the next page.
    await limitFileSize(life.service.pid, largestFileBytes(join(folder, "data")) + 50);
    await postUntilRefused(life, ledger, stage.signal);
    await limitFileSize(life.service.pid, null);
  });
}

async function failWrite(subject: Subject, stage: Stage, folder: string): Promise<Finding> {
  const file = appendsLines(subject) ? createEmpty(join(folder, "data", "users.jsonl")) : null;
  const options = file !== null ? failCalls(["write"], 5, file) : failCalls(["pwrite64"], 60, null);
  return meetFault(subject, stage, folder, options, async (life, ledger) => {
    for (let posts = 0; posts < 40; posts++) await ledger.postOne(life.service, stage.signal);
  });
}

async function failSync(subject: Subject, stage: Stage, folder: string): Promise<Finding> {
  const options = failCalls(["fdatasync", "fsync"], 10, null);
  return meetFault(subject, stage, folder, options, async (life, ledger) => {
    for (let posts = 0; posts < 40; posts++) await ledger.postOne(life.service, stage.signal);
  });
}

/** A store that uses its pages again takes some more before its files grow. */
async function postUntilRefused({ service }: Life, ledger: Ledger, signal: AbortSignal): Promise<void> {
  for (let posts = 0, refused = 0; posts < FILLING_POSTS && refused < REFUSALS; posts++)
    if ((await ledger.postOne(service, signal)).outcome !== "ok") refused++;
}

/** The one that is written to: the first users make no other as large. */
function largestFileBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Math.max(...files.map((name) => fileBytes(join(folder, name))));
}

/** The tracer watches a file that there is. */
function createEmpty(file: string): string {
  mkdirSync(join(file, ".."), { recursive: true });
  if (!existsSync(file)) writeFileSync(file, "");
  return file;
}

/** Starts a subject, lets it meet a fault that ends, posts again, and starts it once more. */
async function meetFault(
  subject: Subject,
  { signal }: Stage,
  folder: string,
  options: Omit<LifeOptions, "signal">,
  meet: (life: Life, ledger: Ledger) => Promise<void>,
): Promise<Finding> {
  const ledger = openLedger();
  let [failedAfter, unserved] = [0, 0];
  {
    await using life = await startLife(subject, folder, { ...options, signal });
    await meet(life, ledger);
    for (let posts = 0; posts < POSTS_AFTER; posts++)
      if ((await ledger.postOne(life.service, signal)).outcome !== "ok") failedAfter++;
    unserved += await countUnserved(life.service, ledger.acknowledged.slice(-50), signal);
  }
  const kinds = Object.keys(ledger.errors);
  const refused = ledger.refused();
  const unexplained = Object.values(ledger.errors).reduce((sum, count) => sum + count, -refused);
  await using life = await startLife(subject, folder, { signal });
  unserved += await countUnserved(life.service, ledger.acknowledged.slice(-50), signal);
  const findings = ledger.conclude(await life.readStored());
  const { acknowledged, lost, duplicated, unexpected, malformedLines, recovered } = findings;
  const wrong = duplicated + unexpected + malformedLines + unserved;
  const isServing = failedAfter <= MAY_FAIL_AFTER;
  const holds = refused > 0 && unexplained === 0 && isServing && lost + wrong === 0;
  return {
    holds,
    measured:
      `${refused + unexplained} refused (${kinds.join(", ") || "none"}), ${acknowledged} acknowledged, ${lost} lost, ` +
      `${wrong} twice, malformed or not served; ${isServing ? "serves again" : "does not serve again"}`,
    figures: { refused: refused + unexplained, acknowledged, lost, recovered, wrong, failedAfter },
  };
}
