// Claims 16 to 22: writing, several processes, crashes. Nothing that a lesson measures speaks of them. Pure.
import { type ClaimRule, notMeasured } from "../finding.ts";

const CLAIMS: readonly (readonly [id: string, claim: string, who: string])[] = [
  [
    "16",
    "Two SQLite writers are about as fast as one, now and then SQLITE_BUSY, and lose nothing",
    "several writers",
  ],
  ["17", "WAL lets readers go on beside a writer, the rollback journal does not", "several writers"],
  [
    "18",
    "Two map processes diverge silently; the file keeps every record, no two lines mixed",
    "several writers",
  ],
  [
    "19",
    "PostgreSQL's writers scale where SQLite's do not; only writers to the same row wait",
    "several writers",
  ],
  ["20", "Worker threads do not help", "several writers"],
  [
    "21",
    "A process killed in mid-write leaves an intact file or one truncated line, which is skipped",
    "crashes",
  ],
  ["22", "Small appends do not mix, by POSIX's guarantee below PIPE_BUF", "several writers"],
];

export const writing: readonly ClaimRule[] = CLAIMS.map(([id, claim, who]) => ({
  id,
  topic: "writing, several processes",
  claim,
  rule: `not measured by the lesson: the experiment with ${who} judges it`,
  judge: () => notMeasured(`The experiment with ${who} has to say.`),
}));
