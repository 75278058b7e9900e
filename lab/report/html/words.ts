// Figures and lists as they are written in sentences. Pure.
import type { Estimate } from "../../measure/bootstrap.ts";

/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Two significant digits: a sentence needs no more, and most figures are worth no more. */
export function formatRough(value: number): string {
  const rough = Number(value.toPrecision(2));
  return Math.abs(rough) < 10 ? value.toPrecision(2) : formatWhole(rough);
}

/** A number of things. */
export function formatWhole(count: number): string {
  return count.toLocaleString("en-US");
}

/** A figure with its interval: "48,000 (38,000 to 56,000)". */
export function writeEstimate(estimate: Estimate, format = formatRough): string {
  return [format(estimate.value), writeInterval(estimate, format)].filter(Boolean).join(" ");
}

/** "(38,000 to 56,000)"; nothing where there is no interval. */
export function writeInterval({ low, high }: Estimate, format = formatRough): string {
  return low === null || high === null ? "" : `(${format(low)} to ${format(high)})`;
}

/** "one trial", "3 trials". */
export function countThings(count: number, thing: string): string {
  return count === 1 ? `one ${thing}` : `${formatWhole(count)} ${thing}s`;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
