// Names beside lines, moved apart where they would lie over each other.
import type { Markish, RenderFunction } from "@observablehq/plot";
import { spreadLabels } from "./axis.ts";

/** From the end of a line to its name, in pixels. */
export const NAME_DISTANCE = 20;
/** A name that had to move is led to, over this part of the distance. */
const LEADER = { from: 8, to: 17, leastMove: 3 };
const LINE_HEIGHT = 1.25;
const SVG = "http://www.w3.org/2000/svg";

/** A name and the point of the chart that it belongs to. */
export interface Named {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/** Draws names beside points that have the same place on the horizontal axis. Plot's own marks know where data is, not how
 * much room there is between. */
export function drawNames(named: readonly Named[], side: "left" | "right", fontSize: number): Markish {
  const direction = side === "left" ? -1 : 1;
  const draw: RenderFunction = (_index, { x, y }, _values, dimensions, { document }) => {
    const toPixels = { x: x as (value: number) => number, y: y as (value: number) => number };
    const points = named.map((of) => ({ name: of.name, x: toPixels.x(of.x), y: toPixels.y(of.y) }));
    const { marginTop, marginBottom, height } = dimensions;
    const ends = [marginTop, height - marginBottom] as const;
    const places = spreadLabels(
      points.map((point) => point.y),
      fontSize * LINE_HEIGHT,
      ends,
    );
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("text-anchor", side === "left" ? "end" : "start");
    for (const [index, point] of points.entries()) {
      const place = places[index] as number;
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("x", point.x + direction * NAME_DISTANCE);
      text.setAttribute("y", place);
      text.setAttribute("dy", "0.32em");
      text.textContent = point.name;
      group.append(text);
      if (Math.abs(place - point.y) < LEADER.leastMove) continue;
      const leader = document.createElementNS(SVG, "path");
      const [from, to] = [LEADER.from, LEADER.to].map((distance) => point.x + direction * distance);
      leader.setAttribute("d", `M${from},${point.y}L${to},${place}`);
      leader.setAttribute("stroke", "var(--muted)");
      group.append(leader);
    }
    return group;
  };
  return draw;
}
