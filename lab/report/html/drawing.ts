// Charts as SVG, drawn by Observable Plot ahead of time (docs/decisions/0013-charts.md).
import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, type Markup } from "./markup.ts";

/** The room that a chart has. Text in an SVG shrinks with it, so each chart is drawn for a telephone and for the rest. */
export interface Frame {
  readonly name: "narrow" | "wide";
  readonly width: number;
  readonly fontSize: number;
}

const FRAMES: readonly Frame[] = [
  { name: "narrow", width: 336, fontSize: 12 },
  { name: "wide", width: 820, fontSize: 12.5 },
];

export interface Drawing {
  /** Of the page, which has one element of each id only. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the chart is told. */
  readonly description: string;
  readonly draw: (frame: Frame) => PlotOptions;
}

/** The part of an element of the document that is used here. */
interface Element {
  readonly outerHTML: string;
  innerHTML: string;
  readonly attributes: Iterable<{ readonly name: string; value: string }>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<Element>;
  prepend(...children: readonly Element[]): void;
  remove(): void;
  textContent: string;
}

/** Where elements are made. Nothing is ever added to it. */
const { document } = parseHTML("<!doctype html><html></html>");

/** Draws a chart for each frame; the page's style shows the one that fits. */
export function renderDrawing(drawing: Drawing): Markup {
  return html`${FRAMES.map((frame) => renderFrame(drawing, frame))}`;
}

function renderFrame({ id, title, description, draw }: Drawing, frame: Frame): Markup {
  const svg = plot({
    ...draw(frame),
    document,
    width: frame.width,
  }) as unknown as Element;
  tidy(svg);
  const names = { title: `${id}-${frame.name}-title`, desc: `${id}-${frame.name}-text` };
  svg.setAttribute("class", frame.name);
  svg.setAttribute("font-size", String(frame.fontSize));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", names.title);
  svg.setAttribute("aria-describedby", names.desc);
  svg.prepend(createText("title", names.title, title), createText("desc", names.desc, description));
  return { markup: svg.outerHTML };
}

function createText(name: string, id: string, text: string): Element {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name) as unknown as Element;
  element.setAttribute("id", id);
  element.textContent = text;
  return element;
}

/** Takes away what the page says by itself: Plot's style, its English names of groups, and decimals nobody sees. */
function tidy(svg: Element): void {
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  for (const name of ["width", "height", "font-family"]) svg.removeAttribute(name);
  for (const element of svg.querySelectorAll("*")) {
    element.removeAttribute("aria-label");
    element.removeAttribute("aria-hidden");
    for (const { name, value } of [...element.attributes]) {
      const rounded = value.replace(/-?\d+\.\d\d+/g, (digits) => String(Number(Number(digits).toFixed(1))));
      if (rounded !== value) element.setAttribute(name, rounded);
    }
  }
}
