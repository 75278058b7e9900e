// HTML from templates, with everything that comes from outside escaped.

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

/** What a template takes: text is escaped, markup is not, nothing is left out. */
export type Content = Markup | string | number | null | readonly Content[];

/** A template of HTML: html`<b>${name}</b>`. Attributes have to be quoted. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const rest = contents.map((content, index) => toMarkup(content) + strings[index + 1]);
  return { markup: strings[0] + rest.join("") };
}

function toMarkup(content: Content): string {
  if (content === null) return "";
  if (typeof content === "string" || typeof content === "number") return escapeText(String(content));
  if ("markup" in content) return content.markup;
  return content.map(toMarkup).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
