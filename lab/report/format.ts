// How figures are written.

/** Whole thousands with commas; fractions only for small figures, three significant digits. */
export function formatCount(value: number): string {
  if (value >= 100 || value === 0) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
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

/** Minutes and seconds for a person who waits. */
export function formatWait(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
