// What all pages have in common: one document that needs nothing else, with a list of its sections.
import { readFileSync } from "node:fs";
import { html, type Markup } from "./markup.ts";

const STYLE = readFileSync(new URL("page.css", import.meta.url), "utf8");
/** Nothing is loaded and nothing is run, also if somebody's text got past the escaping. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export interface DocumentSection {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export interface Document {
  readonly title: string;
  readonly heading: string;
  /** Under which conditions it was measured. */
  readonly conditions: string;
  readonly answer: Markup;
  readonly sections: readonly DocumentSection[];
  readonly footer: string;
}

export function renderDocument({ title, heading, conditions, answer, sections, footer }: Document): string {
  return `<!doctype html>
${
  html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>
${{ markup: STYLE }}</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<p class="conditions">${conditions}</p>
</header>
<main>
<section id="answer" aria-label="The answer">
${answer}
</section>
<nav aria-label="Contents"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${sections.map(
  ({ id, title: name, content }) => html`<section id="${id}">
<h2>${name}</h2>
${content}
</section>
`,
)}</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.markup
}`;
}
