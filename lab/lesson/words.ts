// How a lesson writes sizes, ratios and parts.
import type { Estimate } from "../measure/bootstrap.ts";
import { formatCount } from "../report/format.ts";

/** A size as people type it: 10k, 1M; others as they are. */
export function nameSize(size: number): string {
  if (size % 1_000_000 === 0) return `${size / 1_000_000}M`;
  return size % 1_000 === 0 ? `${size / 1_000}k` : String(size);
}

/** A ratio or an exponent: two decimals, or three digits where it is large. */
export function formatFactor(value: number): string {
  if (Math.abs(value) >= 10) return formatCount(value);
  const text = value.toFixed(2);
  return Number(text) === 0 ? "0.00" : text;
}

/** A part of a whole. */
export function formatShare(value: number): string {
  return `${(value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0)} %`;
}

/** A figure with its interval. */
export function formatEstimate({ value, low, high }: Estimate, format: (value: number) => string): string {
  if (low === null || high === null) return format(value);
  return `${format(value)} (${formatInterval(low, high, format)})`;
}

function formatInterval(low: number, high: number, format: (value: number) => string): string {
  if (!Number.isFinite(low) && !Number.isFinite(high)) return "may be anything";
  if (!Number.isFinite(low)) return `${format(high)} or less`;
  return Number.isFinite(high) ? `${format(low)} – ${format(high)}` : `${format(low)} or more`;
}
