// Scales of charts, and the figures beside them. Pure.

export interface Axis {
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** Values further apart than this need a log axis to be seen side by side. */
const LINEAR_MAX_RATIO = 12;
/** Room beside the outermost values of a log axis, as a factor. */
const LOG_ROOM = 1.25;
const LINEAR_TICKS = 5;
/** With fewer, nobody sees that an axis is logarithmic. */
const LOG_TICKS = 3;

/** Chooses an axis for positive values: linear from zero, or log where they are far apart. */
export function chooseAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const [lowest, highest] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length === 0) return { type: "linear", domain: [0, 1], ticks: [0, 1] };
  return highest / lowest > LINEAR_MAX_RATIO ? makeLogAxis(positive) : makeLinearAxis(highest);
}

/** A log axis around positive values, with a tick at every power of ten, and between where those are few. */
export function makeLogAxis(values: readonly number[]): Axis {
  const [from, to] = [Math.min(...values) / LOG_ROOM, Math.max(...values) * LOG_ROOM];
  const decades = listDecades(from, to);
  const candidates = [
    decades,
    decades.flatMap((decade) => [1, 2, 5].map((step) => step * decade)),
    listMultiples(from, to),
  ].map((ticks) => ticks.filter((tick) => tick >= from && tick <= to));
  const enough = candidates.find((ticks) => ticks.length >= LOG_TICKS);
  return { type: "log", domain: [from, to], ticks: enough ?? (candidates.at(-1) as number[]) };
}

function listDecades(from: number, to: number): number[] {
  const first = Math.floor(Math.log10(from));
  const count = Math.ceil(Math.log10(to)) - first;
  return Array.from({ length: count + 1 }, (_, index) => Number(`1e${first + index}`));
}

/** A linear axis from zero, with ticks at round numbers. */
export function makeLinearAxis(highest: number): Axis {
  return { type: "linear", domain: [0, highest * 1.04], ticks: listMultiples(0, highest) };
}

/** Returns the multiples of a round number in a range, about five. */
function listMultiples(from: number, to: number): number[] {
  const rough = (to - from) / LINEAR_TICKS;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 5, 10].map((factor) => factor * decade).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(from / step);
  const count = Math.floor((to / step) * (1 + 1e-9)) - first;
  return Array.from({ length: count + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Writes the figure at a tick, which is round: without the zeros that say how precise a measured figure is. */
export function formatTick(value: number, format: (value: number) => string): string {
  return value === 0
    ? "0"
    : format(value)
        .replace(/(\.\d*?)0+(?=\s|$)/, "$1")
        .replace(/\.(?=\s|$)/, "");
}

/** Leaves out ticks whose texts would lie over each other.
 * @param widthOf what the text of a tick needs, in pixels @param length of the axis, in pixels */
export function thinTicks(
  { type, domain: [from, to], ticks }: Axis,
  widthOf: (tick: number) => number,
  length: number,
): number[] {
  const place = type === "log" ? Math.log : (value: number) => value;
  const toPixels = (tick: number) => ((place(tick) - place(from)) / (place(to) - place(from))) * length;
  let end = Number.NEGATIVE_INFINITY;
  return ticks.filter((tick) => {
    const half = widthOf(tick) / 2;
    if (toPixels(tick) - half < end) return false;
    end = toPixels(tick) + half;
    return true;
  });
}

/** Moves labels apart that would lie over each other.
 * @param places where they belong, in pixels @param gap that they need, from middle to middle
 * @returns where they go, in the same order: between the ends where there is room for them */
export function spreadLabels(
  places: readonly number[],
  gap: number,
  [from, to]: readonly [number, number],
): number[] {
  const order = places.map((_, index) => index).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const spread = [...places];
  let next = from;
  for (const index of order) {
    spread[index] = Math.max(spread[index] as number, next);
    next = (spread[index] as number) + gap;
  }
  let last = to;
  for (const index of order.toReversed()) {
    spread[index] = Math.min(spread[index] as number, last);
    last = (spread[index] as number) - gap;
  }
  return spread;
}
