// prepare-data killed, and killed again, and run to its end.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startRandom } from "../../k6/lib/random.ts";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { approaches } from "../../services/approaches/index.ts";
import { dataFolderOf } from "../data/data-places.ts";
import { openStoreOf } from "./cut.ts";
import type { Finding, Stage } from "./experiment.ts";
import { killJob, prepareFolders, runJob } from "./killed-jobs.ts";
import { atAnyTime } from "./moments.ts";

const ROUNDS = { short: 3, full: 30 };
const PREPARED_USERS = 3_000;

export async function killPreparations(stage: Stage): Promise<Finding> {
  const { signal, onProgress } = stage;
  const rounds = stage.isFull ? ROUNDS.full : ROUNDS.short;
  const random = startRandom(stage.seed);
  const folder = mkdtempSync(join(stage.folder, "prepare-"));
  const order = (root: string) => ({ root, size: PREPARED_USERS, seed: DEFAULT_SEED });
  const tookMs = await runJob(prepareFolders, order(join(folder, "whole")), signal);
  let [killed, faults] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    onProgress(round, rounds);
    const root = join(folder, "round");
    rmSync(root, { recursive: true, force: true });
    // Killed once and again: what the second one meets is what the first has left.
    for (let again = 0; again < 2; again++)
      if (await killJob(prepareFolders, order(root), atAnyTime(random, tookMs), signal)) killed++;
    await runJob(prepareFolders, order(root), signal);
    faults += await countPreparedFaults(root);
  }
  return {
    holds: faults === 0 && killed > 0,
    measured: `${killed} kills, each followed by a run to the end: ${faults} stores are not as they should be`,
    figures: { rounds, killed, faults },
  };
}

/** Opens what was prepared; returns how many of the stores are not whole. */
async function countPreparedFaults(root: string): Promise<number> {
  let faults = 0;
  for (const name of ["linear", "binary", "sqlite"] as const) {
    const subject = { name, row: approaches[name], level: "lesson" } as const;
    await using store = await openStoreOf(subject, dataFolderOf(root, PREPARED_USERS, name));
    const { recordsAtStart } = await store.describe();
    const last = seededUser(DEFAULT_SEED, PREPARED_USERS - 1);
    if (
      recordsAtStart !== PREPARED_USERS ||
      JSON.stringify({ ...(await store.findById(last.id)) }) !== JSON.stringify(last)
    )
      faults++;
  }
  return faults;
}
