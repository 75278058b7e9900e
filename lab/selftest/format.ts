import { type Estimate, relativeWidth } from "../measure/bootstrap.ts";
import { median } from "../measure/statistics.ts";

/** A ratio as what it changes: "+10.2 %". */
export function formatChange(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(1)} %`;
}

/** How unsure ratios are, in the middle: what the machine lets be seen. */
export function formatWidth(ratios: readonly Estimate[]): string {
  const widths = ratios.flatMap((ratio) => relativeWidth(ratio) ?? []);
  return widths.length === 0 ? "no intervals" : `intervals ${(median(widths) * 100).toFixed(0)} % wide`;
}
