// What a request does in system calls: why it costs what it costs.
import type { RunData } from "../../measure/results.ts";
import { COUNTED, countColumns, explainCounts, NOT_COUNTED, sortCounts } from "../counts.ts";
import { renderDataTable } from "./data-table.ts";
import { html, type Markup } from "./markup.ts";
import { formatWhole } from "./words.ts";

/** Renders the counts of each run. */
export function renderAllCounts(runs: readonly RunData[]): Markup {
  const counted = runs.flatMap(({ environment, counts }) =>
    counts === null ? [] : [{ size: environment.size, counts }],
  );
  if (counted.length === 0) return html`<p>${NOT_COUNTED}</p>`;
  return html`<p>${COUNTED}</p>
${counted.map(({ size, counts }) => {
  const users = `${formatWhole(size)} users`;
  return html`${runs.length > 1 ? html`<h3>${users}</h3>` : null}
${renderDataTable(`what a request does, ${users}`, countColumns, sortCounts(counts))}
<ul class="notes">${explainCounts(counts).map((sentence) => html`<li>${sentence}</li>`)}</ul>
`;
})}`;
}
