// What became of a batch whose process was killed, and how much a number of kills can say. Pure.

export type BatchFate = "whole" | "absent" | "half";

/** @param served how many of its users the service has */
export function judgeBatch(served: number, size: number): BatchFate {
  if (served === 0) return "absent";
  return served === size ? "whole" : "half";
}

/**
 * The highest rate at which something may happen that did not happen in so many tries, at 95 % confidence: 3/n, more
 * exactly 1 - 0.05^(1/n). 1 for no tries.
 */
export function upperBoundOfNone(tries: number): number {
  return tries === 0 ? 1 : 1 - 0.05 ** (1 / tries);
}
