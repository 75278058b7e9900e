// Statistics over blocks. Pure.

/** Returns the median. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Returns the mean of the lowest tenth of the values, of at least one. What is left when a noisy machine's bad
 * moments are taken away: they only ever add. @throws RangeError for no values */
export function meanOfLowestTenth(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the lowest of no values");
  const lowest = [...values].sort((a, b) => a - b).slice(0, Math.max(1, Math.floor(values.length / 10)));
  return lowest.reduce((sum, value) => sum + value, 0) / lowest.length;
}
