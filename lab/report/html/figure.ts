// A chart with what it says, how to read it, and its figures as a table.
import { type Drawing, renderDrawing } from "./drawing.ts";
import { html, type Markup } from "./markup.ts";

export interface Figure extends Omit<Drawing, "title"> {
  /** What the chart shows, in a sentence computed from its data: its title. */
  readonly finding: string;
  /** What is drawn, in which units. */
  readonly legend: string;
  /** What parts of a mark mean, where colours or outlines do. */
  readonly key?: readonly { readonly className: string; readonly meaning: string }[];
  readonly table: Markup;
}

/** Renders a figure. */
export function renderFigure({ finding, legend, key = [], table, ...drawing }: Figure): Markup {
  return html`<figure id="${drawing.id}">
<figcaption><p class="finding">${finding}</p><p class="legend">${legend}</p></figcaption>
${key.length === 0 ? null : html`<ul class="key">${key.map(({ className, meaning }) => html`<li><span class="swatch ${className}"></span>${meaning}</li>`)}</ul>`}
<div class="chart">${renderDrawing({ ...drawing, title: finding })}</div>
${table}
</figure>`;
}
