// Claims 16 to 22: writing, several processes, crashes. Pure.
import { type ClaimRule, notMeasured } from "../finding.ts";
import { appends } from "./appends.ts";
import { twoMaps, twoThreads } from "./divergence.ts";
import { rowLocks } from "./row-locks.ts";
import { sqliteReaders } from "./sqlite-readers.ts";
import { sqliteWriters } from "./sqlite-writers.ts";

const topic = "writing, several processes";

const crashes: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "21",
    claim: "A process killed in mid-write leaves an intact file or one truncated line, which is skipped",
    rule: "not measured by the lesson: the experiment with crashes judges it",
    judge: () => notMeasured("The experiment with crashes has to say."),
  },
];

const rules = [
  ...sqliteWriters,
  ...sqliteReaders,
  ...twoMaps,
  ...rowLocks,
  ...twoThreads,
  ...crashes,
  ...appends,
];

export const writing: readonly ClaimRule[] = rules.map((rule) => ({ ...rule, topic }));
