// The horizontal axis, which all charts have: lines at the ticks, their figures, and what they mean.
import { axisX, gridX, type Markish } from "@observablehq/plot";
import { type Axis, formatTick, thinTicks } from "./axis.ts";
import { measureText } from "./text-width.ts";

/** Room below a chart for the figures and the title of its axis. */
export const AXIS_HEIGHT = 46;
const TICK_GAP = 10;

export interface AxisText {
  readonly label: string;
  readonly format: (value: number) => string;
}

/** Draws a horizontal axis. @param length in pixels */
export function drawXAxis(
  axis: Axis,
  { label, format }: AxisText,
  { fontSize, length }: { readonly fontSize: number; readonly length: number },
): Markish[] {
  const write = (tick: number) => formatTick(tick, format);
  const ticks = thinTicks(axis, (tick) => measureText([write(tick)], fontSize) + TICK_GAP, length);
  return [
    gridX(ticks, { stroke: "var(--line)", strokeOpacity: 1 }),
    axisX(ticks, {
      label,
      labelAnchor: "center",
      labelArrow: "none",
      labelOffset: 40,
      tickSize: 0,
      // On a log axis Plot leaves out texts of tickFormat as it sees fit.
      text: write,
      fill: "var(--muted)",
    }),
  ];
}
