// report.html of the experiment with a limit of memory.
import { describeRun, tellAnswer } from "../../memory/page.ts";
import type { MemoryRecord } from "../../memory/record.ts";
import { listSections } from "../../memory/sections.ts";
import { renderDocument } from "./document.ts";
import { html } from "./markup.ts";
import { renderSection } from "./writers-page.ts";

/** Renders the page. Pure: the same data gives the same text. */
export function renderMemoryPage(record: MemoryRecord): string {
  return renderDocument({
    title: `Bigger than memory? ${record.startedAt.slice(0, 10)}`,
    heading: "Bigger than memory?",
    conditions: describeRun(record).join(" · "),
    answer: html`<p class="lead">${tellAnswer(record)}</p>
<p><code>${record.command}</code></p>`,
    sections: listSections(record).map((section, index) => ({
      id: `part-${index + 1}`,
      title: section.title,
      content: renderSection(section),
    })),
    footer: `${record.run}. Made from the data of the run alone.`,
  });
}
