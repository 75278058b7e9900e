// How approaches are told apart in charts: by colour, by shape, and by their name beside it.

import type { SymbolType } from "@observablehq/plot";
import { mainApproaches } from "../../../services/approaches/index.ts";
import { colours } from "../colours.ts";

export interface ApproachMark {
  /** `#rrggbb`, which stands out from the page's light and dark ground. */
  readonly colour: string;
  /** A symbol of Observable Plot. */
  readonly symbol: SymbolType;
}

/** Finds the mark of an approach. */
export type ApproachMarks = (approach: string) => ApproachMark;

const SYMBOLS = ["circle", "triangle", "diamond", "square", "star", "cross", "hexagon", "wye"] as const;
/** For variants, and for approaches that are not of this project. */
const OTHER_COLOURS = ["#b35900", "#00857a", "#7a6bd6"] as const;

/** Gives each approach a mark: the main ones in their order, so that they look the same in every report. */
export function markApproaches(names: readonly string[]): ApproachMarks {
  const known: readonly string[] = mainApproaches;
  const others = [...new Set(names)].filter((name) => !known.includes(name)).sort();
  const order = [...known, ...others];
  return (approach) => ({
    colour: colours[approach] ?? pick(OTHER_COLOURS, others.indexOf(approach)),
    symbol: pick(SYMBOLS, order.indexOf(approach)),
  });
}

function pick<T>(list: readonly [T, ...T[]], index: number): T {
  return list[index % list.length] ?? list[0];
}
