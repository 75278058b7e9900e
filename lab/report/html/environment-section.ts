// Where and how the runs were measured.
import type { RunData } from "../../measure/results.ts";
import { listFacts } from "../environment.ts";
import { html, type Markup } from "./markup.ts";
import { formatWhole } from "./words.ts";

/** Renders everything that is known of each run. */
export function renderEnvironments(runs: readonly RunData[]): Markup {
  return html`${runs.map(
    ({ environment, measurements }) => html`${
      runs.length > 1 ? html`<h3>${formatWhole(environment.size)} users</h3>` : null
    }
<dl class="facts">
<dt>command</dt><dd><code>${environment.command}</code></dd>
${listFacts(environment, measurements).map(
  ([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>
`,
)}</dl>
`,
  )}`;
}
