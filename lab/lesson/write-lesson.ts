// Everything that is derived from a lesson's measurements, written beside them.
import { join } from "node:path";
import { approaches } from "../../services/approaches/index.ts";
import { listSections as showCrash } from "../crash/page.ts";
import { replaceText } from "../measure/results.ts";
import { renderHtml } from "../report/html/page.ts";
import { renderReport } from "../report/report.ts";
import { listSections } from "../writers/page.ts";
import type { Claim } from "./claim.ts";
import { judgeClaims } from "./claims.ts";
import { readEvidence, readRecord } from "./lesson-folder.ts";
import { renderLesson, renderTables } from "./tables/lesson-page.ts";

/** What a lesson says. */
export interface LessonPage {
  /** All tables but that of the claims, in Markdown. */
  readonly tables: string;
  readonly claims: readonly Claim[];
}

/** Judges the claims by what is in the folder of a lesson; writes claims.json, lesson.md and report.html. */
export function writeLesson(path: string): LessonPage {
  const evidence = readEvidence(path);
  const page = { tables: renderTables(evidence), claims: judgeClaims(evidence) };
  replaceText(join(path, "claims.json"), `${JSON.stringify(page.claims, null, 2)}\n`);
  replaceText(join(path, "lesson.md"), renderLesson(readRecord(path), page));
  const [latest] = evidence.writers;
  const writers = latest && listSections(latest, [], approaches);
  const crash = evidence.crash.length > 0 && showCrash({ outcomes: evidence.crash });
  replaceText(
    join(path, "report.html"),
    renderHtml({
      runs: evidence.runs,
      claims: page.claims,
      ...(writers && { writers }),
      ...(crash && { crash }),
    }),
  );
  return page;
}

/** Writes the report.md of each run of a lesson. */
export function writeRunReports(path: string): void {
  for (const run of readEvidence(path).runs)
    replaceText(join(path, run.environment.run, "report.md"), renderReport(run));
}
