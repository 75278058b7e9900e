// Tables: the same columns as those of report.md.
import { type Column, fillColumns } from "../table.ts";
import { html, type Markup } from "./markup.ts";

/** Longer text than this is broken into lines; figures never are. */
const LONG_TEXT = 40;

/** Renders rows as a table that scrolls inside its own box where the page is narrow. The first column names the rows.
 * @param caption what the table shows, for those who hear it */
export function renderDataTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Markup {
  const [names, ...figures] = fillColumns(columns, rows).map((column) => ({
    ...column,
    look: column.cells.some((cell) => cell.length > LONG_TEXT) ? "long" : column.align,
  }));
  if (names === undefined) return html``;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${`Table: ${caption}`}">
<table>
<caption class="unseen">${caption}</caption>
<thead><tr>${[names, ...figures].map(({ title, look }) => html`<th scope="col" class="${look}">${title}</th>`)}</tr></thead>
<tbody>
${names.cells.map(
  (name, row) => html`<tr><th scope="row" class="${names.look}">${name}</th>${figures.map(
    ({ look, cells }) => html`<td class="${look}">${cells[row] ?? ""}</td>`,
  )}</tr>
`,
)}</tbody>
</table>
</div>`;
}
