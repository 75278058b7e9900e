// Everything that is derived from a lesson's measurements, written beside them.
import { join } from "node:path";
import { replaceText } from "../measure/results.ts";
import { renderReport } from "../report/report.ts";
import type { Claim } from "./claim.ts";
import { judgeClaims } from "./claims.ts";
import type { Evidence } from "./evidence.ts";
import { readEvidence, readRecord } from "./lesson-folder.ts";
import { renderLesson } from "./tables/lesson-page.ts";

/** Writes claims.json, lesson.md and each run's report.md from what is in the folder of a lesson. */
export function writeLesson(path: string): {
  readonly evidence: Evidence;
  readonly claims: readonly Claim[];
} {
  const evidence = readEvidence(path);
  const claims = judgeClaims(evidence);
  replaceText(join(path, "claims.json"), `${JSON.stringify(claims, null, 2)}\n`);
  replaceText(join(path, "lesson.md"), renderLesson(readRecord(path), evidence, claims));
  for (const run of evidence.runs)
    replaceText(join(path, run.environment.run, "report.md"), renderReport(run));
  return { evidence, claims };
}
