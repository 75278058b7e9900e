// How figures are written.
import type { Estimate } from "../measure/bootstrap.ts";

/** Whole thousands with commas; fractions only for small figures, three significant digits. */
export function formatCount(value: number): string {
  if (value >= 100 || value === 0) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}

/** A figure that was counted, so that none of its digits is noise: up to three decimals where it is small. */
export function formatExact(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 3 : 1 });
}

/** A duration in the unit that suits it: µs, ms or s, three significant digits. */
export function formatMs(ms: number): string {
  if (ms < 1) return `${formatCount(ms * 1000)} µs`;
  if (ms < 1000) return `${formatCount(ms)} ms`;
  return `${formatCount(ms / 1000)} s`;
}

/** CPU microseconds. */
export function formatMicros(micros: number): string {
  return formatMs(micros / 1000);
}

export function formatMegabytes(bytes: number): string {
  return `${formatCount(bytes / 1e6)} MB`;
}

/** Bytes in the unit that suits them: B, kB or MB, three significant digits. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  return bytes < 1e6 ? `${formatCount(bytes / 1e3)} kB` : formatMegabytes(bytes);
}

/** Minutes and seconds for a person who waits. */
export function formatWait(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How many times something is as much as something else: "1.25", or "340". */
export function formatRatio(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(2) : formatCount(ratio);
}

/** The interval of a figure; nothing where there is none. */
export function formatRange({ low, high }: Estimate, format: (value: number) => string): string {
  return low === null || high === null ? "" : `${format(low)} – ${format(high)}`;
}

/** The distance from a figure to the farther end of its interval, as a part of it: "±8 %". */
export function formatMargin({ value, low, high }: Estimate): string {
  if (low === null || high === null || value === 0) return "";
  const margin = Math.max(value - low, high - value) / value;
  return `±${Math.max(1, Math.round(margin * 100))} %`;
}

/** A figure with the margin of its interval, if it has one. */
export function withMargin(figure: Estimate, format: (value: number) => string): string {
  return [format(figure.value), formatMargin(figure)].filter(Boolean).join(" ");
}
