// One bar per approach, made of parts. Bars that are far longer than others are cut.
import { barX, dot, type PlotOptions, ruleY, type SymbolImplementation } from "@observablehq/plot";
import type { Estimate } from "../../measure/bootstrap.ts";
import { makeLinearAxis } from "./axis.ts";
import type { Frame } from "./drawing.ts";
import { layOutRows } from "./row-layout.ts";
import type { AxisText } from "./x-axis.ts";

export interface StackedRow {
  readonly name: string;
  /** Lengths of the parts, from left to right, none below zero; null for one that it has not. */
  readonly parts: readonly (number | null)[];
  readonly total: Estimate;
}

/** How parts look: filled, filled otherwise, outlined, so that they are told apart without colours too. */
export const PART_LOOKS = [
  { className: "part-first", fill: "var(--part-first)", stroke: "var(--part-first)" },
  { className: "part-second", fill: "var(--part-second)", stroke: "var(--part-second)" },
  { className: "part-third", fill: "var(--ground)", stroke: "var(--part-second)" },
] as const;

/** A bar this many times as long as the shortest would leave nothing to see of that one. */
const CUT_RATIO = 20;
/** A cut bar is longer than the longest whole one by this factor. */
const CUT_ROOM = 1.25;
const ROW_HEIGHT = 34;
const BAR_GAP = 5;

/** Returns where bars are cut, or null where none is. */
export function findCut(totals: readonly number[]): number | null {
  const limit = Math.min(...totals) * CUT_RATIO;
  const whole = totals.filter((total) => total <= limit);
  return whole.length === totals.length ? null : Math.max(...whole) * CUT_ROOM;
}

/** Draws bars from zero, from left to right. */
export function drawStacks(rows: readonly StackedRow[], axisText: AxisText): (frame: Frame) => PlotOptions {
  const cut = findCut(rows.map(({ total }) => total.value));
  const axis = makeLinearAxis(cut ?? Math.max(...rows.map(({ total }) => total.high ?? total.value)));
  const edge = axis.domain[1];
  const texts = rows.map(({ name, total }) => ({ name, figure: axisText.format(total.value) }));
  return (frame) => {
    const { options, below, above } = layOutRows(texts, ROW_HEIGHT, { axis, ...axisText }, frame);
    const bars = rows.flatMap((row) => drawBar(row, edge, cut !== null && row.total.value > cut));
    return { ...options, marks: [...below, ...bars, ...above] };
  };
}

function drawBar({ name, parts, total }: StackedRow, edge: number, isCut: boolean) {
  const bars = parts.flatMap((length, part) => {
    const from = parts.slice(0, part).reduce<number>((sum, before) => sum + (before ?? 0), 0);
    if (length === null || length <= 0 || from >= edge) return [];
    const { fill, stroke } = PART_LOOKS[part] as (typeof PART_LOOKS)[number];
    const to = Math.min(edge, from + length);
    return [
      barX([name], {
        y: [name],
        x1: from,
        x2: to,
        fill,
        stroke,
        inset: 0.75,
        insetTop: BAR_GAP,
        insetBottom: BAR_GAP,
      }),
    ];
  });
  return [...bars, isCut ? drawCut(name, edge) : drawInterval(name, total)];
}

/** What Plot draws symbols with. */
interface PathContext {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** Two slanted lines through the bar. */
const CUT: SymbolImplementation = {
  draw(context: PathContext) {
    for (const x of [-4, 4]) {
      context.moveTo(x - 4, ROW_HEIGHT / 2);
      context.lineTo(x + 4, -ROW_HEIGHT / 2);
    }
  },
};

function drawCut(name: string, edge: number) {
  return dot([name], { y: [name], x: [edge * 0.93], symbol: CUT, stroke: "var(--ground)", strokeWidth: 2.5 });
}

function drawInterval(name: string, { low, high }: Estimate) {
  const ends = low === null || high === null ? [] : [name];
  return ruleY(ends, { y: ends, x1: [low], x2: [high], stroke: "currentColor", strokeWidth: 1.5 });
}
