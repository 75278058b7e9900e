// How many entries of the index a binary search should read, and whether it does. Pure.
import { type Estimate, estimateMedian } from "../../measure/bootstrap.ts";
import type { IndexReads } from "../experiments/index-reads.ts";
import { decide, type Finding } from "../finding.ts";
import { formatFactor, nameSize } from "../words.ts";

/** How far a counted mean may be from the computed one. */
const READS_TOLERANCE = 0.1;

/** Reads of entries that halving takes to find one of so many, on average over all of them. Level k of the tree of
 * middles has 2^(k-1) entries, the last one those that are left. */
export function expectReads(entries: number): { readonly mean: number; readonly max: number } {
  const max = Math.floor(Math.log2(entries)) + 1;
  return { mean: ((entries + 1) * max - 2 ** max + 1) / entries, max };
}

/** Returns which part of all reads of entries falls on the most read pages of an index, when each of its entries is looked
 * up once: an entry is read once for each entry of the range that it halves.
 * @param hottest which part of the pages */
export function shareOfHottestPages(entries: number, pages: number, hottest: number): number {
  const reads = new Float64Array(pages);
  const ranges: [from: number, to: number][] = [[0, entries]];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const [from, to] = range;
    if (from === to) continue;
    const middle = (from + to - 1) >>> 1;
    const page = Math.floor((middle * pages) / entries);
    reads[page] = (reads[page] ?? 0) + to - from;
    ranges.push([from, middle], [middle + 1, to]);
  }
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  return sum(reads.sort().slice(pages - Math.ceil(pages * hottest))) / sum(reads);
}

/** Judges counted reads against computed ones. */
export function judgeReads(sizes: IndexReads["sizes"]): Finding {
  const compared = sizes.map(({ size, meanReads, maxReads }) => {
    const expected = expectReads(size);
    const mean: Estimate = estimateMedian(meanReads);
    return { size, expected, maxReads, distance: subtract(mean, expected.mean), mean };
  });
  const tooMany = compared.find(({ maxReads, expected }) => maxReads > expected.max);
  const measured = compared.map(
    ({ size, mean, maxReads }) => `${nameSize(size)}: ${mean.value.toFixed(2)}, at most ${maxReads}`,
  );
  if (tooMany !== undefined)
    return {
      measured: measured.join("; "),
      verdict: "does not hold",
      why: `At ${nameSize(tooMany.size)} a lookup read ${tooMany.maxReads} entries, and halving takes ${tooMany.expected.max} at most.`,
    };
  const finding = decide({
    parts: compared.map(({ size, distance }) => ({
      name: `${nameSize(size)}, counted less computed`,
      figure: distance,
    })),
    range: { low: -READS_TOLERANCE, high: READS_TOLERANCE },
    meaning: "counts as equal to the computed mean",
    format: formatFactor,
  });
  return { ...finding, measured: measured.join("; ") };
}

function subtract({ value, low, high }: Estimate, expected: number): Estimate {
  return {
    value: value - expected,
    low: low === null ? null : low - expected,
    high: high === null ? null : high - expected,
  };
}
