// What the lessons claim, and what was found of it here.
import type { Claim, ClaimVerdict } from "../../lesson/claim.ts";
import type { Column } from "../table.ts";
import { renderDataTable } from "./data-table.ts";
import { html, type Markup } from "./markup.ts";
import { capitalise } from "./words.ts";

/** A sign beside the word, to find a verdict at a glance. */
const SIGNS: Readonly<Record<ClaimVerdict, string>> = {
  holds: "✓",
  "does not hold": "✗",
  "cannot tell here": "?",
  "not measured": "–",
};

const columns: readonly Column<Claim>[] = [
  { title: "no.", align: "left", cell: ({ id }) => id },
  { title: "verdict", align: "left", cell: ({ verdict }) => `${SIGNS[verdict]} ${verdict}` },
  { title: "claim", align: "left", cell: ({ claim }) => claim },
  { title: "measured here", align: "left", cell: ({ measured }) => measured },
  { title: "why", align: "left", cell: ({ why }) => why },
];

/** Renders the claims by their topics. */
export function renderClaims(claims: readonly Claim[]): Markup {
  if (claims.length === 0)
    return html`<p>The claims of the lessons are checked by <code>make lesson</code>, which measures what they need.</p>`;
  const byVerdict = Map.groupBy(claims, ({ verdict }) => verdict);
  const counts = (Object.keys(SIGNS) as ClaimVerdict[]).flatMap((verdict) => {
    const count = byVerdict.get(verdict)?.length ?? 0;
    return count === 0 ? [] : [`${verdict}: ${count}`];
  });
  const topics = [...Map.groupBy(claims, ({ topic }) => topic)].map(
    ([topic, of]) => html`<h3>${capitalise(topic)}</h3>
${renderDataTable(`claims about ${topic}`, columns, of)}
`,
  );
  return html`<p>${claims.length} claims. ${capitalise(counts.join("; "))}.</p>
${topics}`;
}
