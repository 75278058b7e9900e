// A power cut, as a file system meets it: what the disk does not have at this moment is gone. It comes in the middle of
// posts, so at most a moment after the last acknowledgement; later the system would have written what nobody has synced.
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRandom } from "../../k6/lib/random.ts";
import { formatExact } from "../report/format.ts";
import type { Experiment, Finding, Stage, Subject } from "./experiment.ts";
import { startLife } from "./living-subject.ts";
import { findMountLacks, mountImage } from "./mounts.ts";
import { openLedger } from "./posting.ts";
import { promiseOf } from "./subjects.ts";
import { checkIntegrity } from "./tear-log.ts";

const ROUNDS = { short: 1, full: 5 };
const CONNECTIONS = 8;
const CUT_AFTER_MS = { min: 150, max: 450 };

export const power: Experiment = {
  name: "power",
  summary: "a file system cut from its disk under posts, and mounted again",
  async listCases({ approaches, controls }, { folder }) {
    const { image } = await findMountLacks(folder);
    const tinyTables: Subject = { ...(controls["lsm-small"] as Subject), level: "power" };
    const asked = [...approaches, controls["one-sync-each"] as Subject, tinyTables];
    return asked.map((subject) => ({
      experiment: power.name,
      subject: subject.name,
      level: subject.level,
      question: "acknowledged users survive a power cut",
      must: promiseOf(subject) === "power" ? "hold" : "fail",
      lack: image,
      run: (stage) => cutPower(subject, stage),
    }));
  },
};

async function cutPower(subject: Subject, stage: Stage): Promise<Finding> {
  const rounds = stage.isFull ? ROUNDS.full : ROUNDS.short;
  const random = startRandom(stage.seed);
  const total = { acknowledged: 0, lost: 0, recovered: 0, wrong: 0, damaged: 0 };
  const reasons: string[] = [];
  for (let round = 0; round < rounds; round++) {
    stage.onProgress(round, rounds);
    const cutAfterMs = CUT_AFTER_MS.min + random(CUT_AFTER_MS.max - CUT_AFTER_MS.min);
    const found = await cutOnce(subject, stage, cutAfterMs, (reason) => reasons.push(reason));
    for (const [name, figure] of Object.entries(found)) total[name as keyof typeof total] += figure;
  }
  const { acknowledged, lost, recovered, wrong, damaged } = total;
  const states =
    damaged === 0
      ? ""
      : `; in ${damaged} of ${rounds} rounds it was damaged or did not start again: ${reasons[0]}`;
  return {
    holds: acknowledged > 0 && lost + wrong + damaged === 0,
    measured:
      `${formatExact(acknowledged)} acknowledged before ${rounds === 1 ? "the cut" : `${rounds} cuts`}: ` +
      `${formatExact(lost)} lost, ${wrong} twice or malformed${states}`,
    figures: { rounds, acknowledged, lost, recovered, wrong, damaged },
  };
}

async function cutOnce(
  subject: Subject,
  { folder: parent, signal }: Stage,
  cutAfterMs: number,
  onDamage: (reason: string) => void,
) {
  const folder = mkdtempSync(join(parent, "power-"));
  await using device = await mountImage(folder);
  const ledger = openLedger();
  {
    const life = await startLife(subject, device.path, { signal });
    try {
      const posting = ledger.post(life.service, CONNECTIONS, signal);
      const cut = await device.arm();
      await sleep(cutAfterMs, undefined, { signal });
      ledger.endAcknowledging();
      await cut();
      await life.kill();
      await posting.end();
    } finally {
      await life.kill();
    }
  }
  await device.remount();
  const all = { acknowledged: ledger.acknowledged.length, lost: 0, recovered: 0, wrong: 0, damaged: 0 };
  try {
    await using life = await startLife(subject, device.path, { signal });
    const { lost, recovered, duplicated, unexpected, malformedLines } = ledger.conclude(
      await life.readStored(),
    );
    const database = join(device.path, "data", "users.db");
    const complaint = existsSync(database) ? checkIntegrity(database) : null;
    if (complaint !== null) onDamage(complaint);
    const damaged = complaint === null ? 0 : 1;
    return { ...all, lost, recovered, wrong: duplicated + unexpected + malformedLines, damaged };
  } catch (error) {
    signal.throwIfAborted();
    onDamage((error as Error).message.split("\n", 1)[0] ?? "");
    return { ...all, lost: all.acknowledged, damaged: 1 };
  }
}
