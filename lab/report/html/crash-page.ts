// report.html of the crash experiments.
import { countOutcomes, describeRun, listSections } from "../../crash/page.ts";
import type { CrashRecord } from "../../crash/record.ts";
import { renderDocument } from "./document.ts";
import { html } from "./markup.ts";
import { renderSection } from "./writers-page.ts";

/** Renders the page. Pure: the same data gives the same text. */
export function renderCrashPage(record: CrashRecord): string {
  return renderDocument({
    title: `What survives? ${record.startedAt.slice(0, 10)}`,
    heading: "What survives?",
    conditions: describeRun(record).join(" · "),
    answer: html`<p class="lead">${countOutcomes(record.outcomes)}.</p>
<p><code>${record.command}</code></p>`,
    sections: listSections(record).map((section, index) => ({
      id: `part-${index + 1}`,
      title: section.title,
      content: renderSection(section),
    })),
    footer: `${record.run}. Made from the data of the run alone.`,
  });
}
