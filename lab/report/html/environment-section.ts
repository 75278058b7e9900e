// Where and how the runs were measured.
import type { RunData } from "../../measure/results.ts";
import { html, type Markup } from "./markup.ts";
export function renderEnvironments(runs: readonly RunData[]): Markup {
  return html`${runs.map(
    ({ environment }) => html`<dl class="facts"><dt>command</dt><dd><code>${environment.command}</code></dd>
${Object.entries(environment).map(([k, v]) => html`<dt>${k}</dt><dd>${JSON.stringify(v)}</dd>`)}</dl>`,
  )}`;
}
