// What charts with a row per approach have in common: its name to the left, its figure to the right.
import { type PlotOptions, text } from "@observablehq/plot";
import type { Axis } from "./axis.ts";
import type { Frame } from "./drawing.ts";
import { fitText, measureText } from "./text-width.ts";
import { AXIS_HEIGHT, type AxisText, drawXAxis } from "./x-axis.ts";

/** Names take no more of a chart than this part of its width. */
const NAMES_MAX_PART = 0.36;
const TEXT_DISTANCE = 10;

export interface RowTexts {
  readonly name: string;
  readonly figure: string;
}

/** Lays rows out from top to bottom. The marks of a chart belong between `below` and `above`. */
export function layOutRows(
  rows: readonly RowTexts[],
  rowHeight: number,
  { axis, ...axisText }: AxisText & { readonly axis: Axis },
  { width, fontSize }: Frame,
) {
  const names = rows.map(({ name }) => fitText(name, fontSize, width * NAMES_MAX_PART));
  const marginLeft = measureText(names, fontSize) + TEXT_DISTANCE;
  const figures = rows.map(({ figure }) => figure);
  const marginRight = measureText(figures, fontSize) + TEXT_DISTANCE;
  const options: PlotOptions = {
    height: rows.length * rowHeight + AXIS_HEIGHT,
    marginTop: 0,
    marginBottom: AXIS_HEIGHT,
    marginLeft,
    marginRight,
    x: { type: axis.type, domain: [...axis.domain] },
    y: { type: "band", domain: rows.map(({ name }) => name), axis: null, padding: 0 },
  };
  const length = width - marginLeft - marginRight;
  const beside = (
    texts: readonly string[],
    frameAnchor: "left" | "right",
    textAnchor: "start" | "end",
    dx: number,
  ) => text(rows, { y: "name", text: [...texts], frameAnchor, textAnchor, dx });
  return {
    options,
    below: drawXAxis(axis, axisText, { fontSize, length }),
    above: [beside(names, "left", "end", -TEXT_DISTANCE), beside(figures, "right", "start", TEXT_DISTANCE)],
  };
}
