// The reports of a run, made from its data alone.
import { join } from "node:path";
import { type RunData, readResults, replaceText } from "../lab/measure/results.ts";
import { renderHtml } from "../lab/report/html/page.ts";
import { renderReport } from "../lab/report/report.ts";

export interface WrittenReports {
  readonly data: RunData;
  /** Paths of report.md and report.html. */
  readonly markdown: string;
  readonly page: string;
}

/** Reads the data of a run and writes its reports beside it. */
export function writeReports(folder: string): WrittenReports {
  const data = readResults(folder);
  const [markdown, page] = [join(folder, "report.md"), join(folder, "report.html")];
  replaceText(markdown, renderReport(data));
  replaceText(page, renderHtml({ runs: [data], claims: [] }));
  return { data, markdown, page };
}
