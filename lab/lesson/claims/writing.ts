// Claims 16 to 22: writing, several processes, crashes. Pure.
import type { ClaimRule } from "../finding.ts";
import { appends } from "./appends.ts";
import { crashes } from "./crashes.ts";
import { twoMaps, twoThreads } from "./divergence.ts";
import { rowLocks } from "./row-locks.ts";
import { sqliteReaders } from "./sqlite-readers.ts";
import { sqliteWriters } from "./sqlite-writers.ts";

const rules: readonly Omit<ClaimRule, "topic">[] = [
  ...sqliteWriters,
  ...sqliteReaders,
  ...twoMaps,
  ...rowLocks,
  ...twoThreads,
  ...crashes,
  ...appends,
];

export const writing: readonly ClaimRule[] = rules.map((rule) => ({
  ...rule,
  topic: "writing, several processes",
}));
