// One row per approach: a mark at the figure, a bar for its interval.
import { dot, type PlotOptions, ruleY } from "@observablehq/plot";
import type { Estimate } from "../../measure/bootstrap.ts";
import type { ApproachMark } from "./approach-marks.ts";
import { chooseAxis } from "./axis.ts";
import type { Frame } from "./drawing.ts";
import { layOutRows, type RowTexts } from "./row-layout.ts";
import type { AxisText } from "./x-axis.ts";

export interface IntervalRow extends RowTexts {
  readonly mark: ApproachMark;
  readonly estimate: Estimate;
  /** Drawn as an outline: measured in another way than the others. */
  readonly isHollow: boolean;
}

const ROW_HEIGHT = 30;
const MARK_RADIUS = 6;

/** Draws figures with their intervals, from left to right. */
export function drawIntervals(rows: readonly IntervalRow[], text: AxisText): (frame: Frame) => PlotOptions {
  const axis = chooseAxis(
    rows.flatMap(({ estimate: { value, low, high } }) => [value, low ?? value, high ?? value]),
  );
  return (frame) => {
    const { options, below, above } = layOutRows(rows, ROW_HEIGHT, { axis, ...text }, frame);
    return { ...options, marks: [...below, ...rows.flatMap(drawRow), ...above] };
  };
}

function drawRow({ name, mark: { colour, symbol }, estimate: { value, low, high }, isHollow }: IntervalRow) {
  const interval =
    low === null || high === null
      ? []
      : [
          ruleY([name], {
            y: [name],
            x1: [low],
            x2: [high],
            stroke: colour,
            strokeWidth: 3,
            strokeLinecap: "round",
          }),
        ];
  const look = isHollow
    ? { fill: "var(--ground)", stroke: colour, strokeWidth: 2 }
    : { fill: colour, stroke: "var(--ground)", strokeWidth: 1 };
  return [...interval, dot([name], { y: [name], x: [value], r: MARK_RADIUS, symbol, ...look })];
}
