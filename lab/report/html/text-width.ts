// How much room text takes in a chart. Nobody can measure it before the page is shown with the reader's own font, so it is
// taken to be as wide as in a wide one.

/** Mean width of a character as a part of the font's size: that of DejaVu Sans, which is among the widest. */
const CHARACTER_WIDTH = 0.62;

/** Returns the width of the longest text in pixels. */
export function measureText(texts: readonly string[], fontSize: number): number {
  return Math.ceil(Math.max(0, ...texts.map((text) => text.length)) * fontSize * CHARACTER_WIDTH);
}

/** Shortens a text that is wider than there is room. */
export function fitText(text: string, fontSize: number, maxWidth: number): string {
  const characters = Math.floor(maxWidth / (fontSize * CHARACTER_WIDTH));
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`;
}
