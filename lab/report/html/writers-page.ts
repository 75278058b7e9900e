// report.html of an experiment with several writers, and its part of a lesson's page.
import { describeRun } from "../../writers/page.ts";
import type { WritersRecord } from "../../writers/record.ts";
import type { Section } from "../../writers/section.ts";
import type { ApproachVerdict } from "../../writers/verdicts.ts";
import { renderDataTable } from "./data-table.ts";
import { renderDocument } from "./document.ts";
import { html, type Markup } from "./markup.ts";
import { capitalise, joinWords } from "./words.ts";

/** Renders the page. Pure: the same data gives the same text. */
export function renderWritersPage(
  record: WritersRecord,
  sections: readonly Section[],
  verdicts: readonly ApproachVerdict[],
): string {
  const conditions = describeRun(record).join(" · ");
  return renderDocument({
    title: `May several processes share a store? ${record.startedAt.slice(0, 10)}`,
    heading: "May several processes share a store?",
    conditions,
    answer: html`<p class="lead">${writeAnswer(verdicts)}</p>
<p><code>${record.command}</code></p>`,
    sections: sections.map(({ title, ...section }, index) => ({
      id: `part-${index + 1}`,
      title,
      content: renderSection({ title, ...section }),
    })),
    footer: `${record.run}. Made from the data of the run alone.`,
  });
}

/** "May be shared: sqlite and postgres; not to be shared: map". */
export function writeAnswer(verdicts: readonly ApproachVerdict[]): string {
  const bySharing = Map.groupBy(verdicts, ({ sharing }) => sharing);
  const parts = [...bySharing].map(
    ([sharing, of]) => `${sharing}: ${joinWords(of.map(({ approach }) => approach))}`,
  );
  return parts.length === 0
    ? "Nothing was written to by several processes."
    : `${capitalise(parts.join("; "))}.`;
}

/** Renders the sections below one heading. */
export function renderWriters(sections: readonly Section[]): Markup {
  return html`${sections.map(
    (section) => html`<h3>${section.title}</h3>
${renderSection(section)}
`,
  )}`;
}

/** Renders the table and the notes of a section, without its heading. */
export function renderSection({ title, table, notes }: Section): Markup {
  return html`${table ? renderDataTable(title, table.columns, table.rows) : null}
${notes.length === 0 ? null : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}
