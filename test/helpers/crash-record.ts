// Crash experiments that nobody has made, for tests of what is made of them.
import type { CrashRecord, Outcome } from "../../lab/crash/record.ts";
import { environment } from "./measurements.ts";

export const outcome = (fields: Partial<Outcome>): Outcome => ({
  experiment: "kill",
  subject: "map",
  level: "lesson",
  question: "",
  must: "hold",
  outcome: "passed",
  measured: "",
  figures: {},
  durationMs: 1,
  ...fields,
});

export const crashWith = (...outcomes: Outcome[]): CrashRecord => {
  const { machine, disk, fdatasync, commit, isDirty, lockFileSha256 } = environment;
  return {
    run: "crash-2026-01-02T03-04-05",
    startedAt: "2026-01-02T03:04:05.000Z",
    endedAt: "2026-01-02T03:14:05.000Z",
    command: "npm run crash",
    form: "short",
    seed: 7,
    ...{ machine, disk, fdatasync, commit, isDirty, lockFileSha256 },
    software: {},
    outcomes,
  };
};
