// A line per approach with its name beside it; at the points that are figures of a table, a mark and an interval.
import { axisY, dot, gridY, line, type PlotOptions, ruleX } from "@observablehq/plot";
import type { Estimate } from "../../measure/bootstrap.ts";
import type { ApproachMark } from "./approach-marks.ts";
import { type Axis, formatTick, makeLogAxis } from "./axis.ts";
import type { Frame } from "./drawing.ts";
import { drawNames, NAME_DISTANCE } from "./line-names.ts";
import { fitText, measureText } from "./text-width.ts";
import { AXIS_HEIGHT, type AxisText, drawXAxis } from "./x-axis.ts";

export interface LinePoint {
  readonly x: number;
  readonly y: Estimate;
  /** Whether it has a mark. */
  readonly isFigure: boolean;
}

export interface Line {
  readonly name: string;
  readonly mark: ApproachMark;
  /** From left to right, one at least. */
  readonly points: readonly LinePoint[];
}

export interface LineAxes {
  /** Where the names are: at an end that all lines have at the same place. */
  readonly namesAt: "start" | "end";
  readonly x: AxisText & { readonly axis: Axis };
  readonly y: AxisText;
}

const HEIGHT = { narrow: 300, wide: 380 };
const MARK_RADIUS = 5;
const TOP = 32;
/** Draws lines over a log axis of positive values. */
export function drawLines(lines: readonly Line[], axes: LineAxes): (frame: Frame) => PlotOptions {
  const points = lines.flatMap(({ points }) => points);
  const y = makeLogAxis(
    points
      .flatMap(({ y: { value, low, high } }) => [value, low ?? value, high ?? value])
      .filter((at) => at > 0),
  );
  return ({ name: frame, width, fontSize }) => {
    const height = HEIGHT[frame];
    const yTicks = y.ticks.map((tick) => formatTick(tick, axes.y.format));
    const names = lines.map(({ name }) => fitText(name, fontSize, width * 0.3));
    const namesWidth = NAME_DISTANCE + measureText(names, fontSize);
    const isAtStart = axes.namesAt === "start";
    const marginLeft = measureText(yTicks, fontSize) + 10 + (isAtStart ? namesWidth : 0);
    const marginRight = isAtStart ? 10 : namesWidth;
    const length = width - marginLeft - marginRight;
    return {
      height,
      marginTop: TOP,
      marginBottom: AXIS_HEIGHT,
      marginLeft,
      marginRight,
      x: { type: axes.x.axis.type, domain: [...axes.x.axis.domain] },
      y: { type: y.type, domain: [...y.domain] },
      marks: [
        ...drawXAxis(axes.x.axis, axes.x, { fontSize, length }),
        gridY(y.ticks, { stroke: "var(--line)", strokeOpacity: 1 }),
        axisY(y.ticks, {
          label: axes.y.label,
          labelAnchor: "top",
          labelArrow: "none",
          tickSize: 0,
          tickPadding: isAtStart ? namesWidth + 6 : 6,
          text: (tick: number) => formatTick(tick, axes.y.format),
          fill: "var(--muted)",
        }),
        ...lines.flatMap((of) => drawLine(of)),
        drawNames(
          lines.map(({ points }, index) => {
            const { x, y: end } = points.at(isAtStart ? 0 : -1) as LinePoint;
            return { name: names[index] as string, x, y: end.value };
          }),
          isAtStart ? "left" : "right",
          fontSize,
        ),
      ],
    };
  };
}

function drawLine({ mark, points }: Line) {
  const figures = points.filter(({ isFigure }) => isFigure);
  return [
    line(points, { x: "x", y: ({ y }: LinePoint) => y.value, stroke: mark.colour, strokeWidth: 2 }),
    ruleX(
      figures.filter(({ y }) => y.low !== null),
      {
        x: "x",
        y1: ({ y }: LinePoint) => y.low,
        y2: ({ y }: LinePoint) => y.high,
        stroke: mark.colour,
        strokeWidth: 2.5,
        strokeLinecap: "round",
        strokeOpacity: 0.55,
      },
    ),
    dot(figures, {
      x: "x",
      y: ({ y }: LinePoint) => y.value,
      r: MARK_RADIUS,
      symbol: mark.symbol,
      fill: mark.colour,
      stroke: "var(--ground)",
    }),
  ];
}
