// Variants beside their lessons' forms.
import type { RunData } from "../../measure/results.ts";
import { compareVariants, EXPLAINED, variantColumns } from "../variants.ts";
import { renderDataTable } from "./data-table.ts";
import { html, type Markup } from "./markup.ts";
import { formatWhole } from "./words.ts";

/** Renders the pairs of each run; null where no run has both forms of an approach. */
export function renderVariants(runs: readonly RunData[]): Markup | null {
  const compared = runs.flatMap(({ environment, measurements }) => {
    const rows = compareVariants(measurements);
    return rows.length === 0 ? [] : [{ size: environment.size, rows }];
  });
  if (compared.length === 0) return null;
  return html`<p>${EXPLAINED}</p>
${compared.map(
  ({ size, rows }) => html`${runs.length > 1 ? html`<h3>${formatWhole(size)} users</h3>` : null}
${renderDataTable(`variants, ${formatWhole(size)} users`, variantColumns, rows)}
`,
)}`;
}
