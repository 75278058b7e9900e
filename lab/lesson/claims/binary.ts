// Claims 6 and 7: binary search in a sorted index on disk. Pure.
import { type Estimate, estimateMedian } from "../../measure/bootstrap.ts";
import { compareWithinBlocks } from "../../measure/difference.ts";
import { formatMs } from "../../report/format.ts";
import { blocksOf, type Evidence, sizesOf } from "../evidence.ts";
import { type ClaimRule, decide, type Finding } from "../finding.ts";
import { ask, compareSizes, findLack, overRounds } from "../lookup.ts";
import { above, below } from "../range.ts";
import { formatFactor, formatShare, nameSize } from "../words.ts";
import { FLAT, LARGE, MEANS_FLAT, SMALL } from "./lines.ts";

const topic = "reading";
const START_FLAT = 1.25;
const FEW_PAGES = 0.1;
const NEAR = 1.5;
/** How far a counted mean may be from the computed one. */
const READS_TOLERANCE = 0.1;

export const binary: readonly ClaimRule[] = [
  {
    id: "6a",
    topic,
    claim: "Binary: throughput is flat from 10k to 1M",
    rule: "the throughput at 1M is within 0.8 to 1.25 of that at 10k, block by block",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["binary"], sizes: [SMALL, LARGE] }) ??
      decide({
        parts: [compareSizes(evidence, "binary", LARGE, SMALL)],
        range: FLAT,
        meaning: MEANS_FLAT,
        format: formatFactor,
      }),
  },
  {
    id: "6b",
    topic,
    claim: "Binary: about log2(n) index reads (10k: 12.4, at most 14; 1M: 19.0, at most 20)",
    rule:
      "at every size the mean of the counted reads is within 0.1 of what halving gives on average, and none takes more " +
      "than it can at most",
    judge: (evidence) => ask(evidence, "index-reads", ({ sizes }) => judgeReads(sizes)),
  },
  {
    id: "6c",
    topic,
    claim: "Binary: no start-up cost",
    rule: "at the largest size it is ready in less than 1.25 times what a service takes that stores nothing, block by block",
    judge: (evidence) =>
      findLack(evidence, { approaches: ["binary", "baseline"] }) ??
      judgeStart(evidence, Math.max(...sizesOf(evidence))),
  },
  {
    id: "6d",
    topic,
    claim: "Binary: few pages of the index stay hot",
    rule:
      "after uniform lookups, five for each page, less than a tenth of the pages of the largest index are in memory that " +
      "was emptied of it before (counted by fincore)",
    judge: (evidence) =>
      ask(evidence, "hot-pages", ({ size, lookups, pages, residentPages }) => {
        if (residentPages === null)
          return {
            measured: "",
            verdict: "cannot tell here",
            why: "The index cannot be taken out of memory here, or nobody can see whether it is (that takes fincore and dd).",
          };
        return decide({
          parts: [
            {
              name: `${nameSize(size)}, after ${lookups} lookups:`,
              figure: estimateMedian(residentPages.map((resident) => resident / pages)),
            },
          ],
          range: below(FEW_PAGES),
          meaning: "counts as few",
          format: formatShare,
          beside: [`of ${pages} pages`],
          remarks: {
            "does not hold": "every lookup ends on a page of its own, and all of them are as likely",
          },
        });
      }),
  },
  {
    id: "7a",
    topic,
    claim: "Binary trails SQLite because it opens and closes files on each read",
    rule: "in a bare process, holding the files open takes away more than half of what a lookup takes longer than SQLite's",
    judge: (evidence) =>
      ask(evidence, "held-descriptors", ({ size, rounds }) => {
        const gap = overRounds(rounds, ({ opened, sqlite }) => opened / sqlite);
        if ((gap.low ?? 0) <= 1)
          return {
            measured: `${nameSize(size)}: a lookup takes ${formatFactor(gap.value)} times SQLite's`,
            verdict: "cannot tell here",
            why: "Binary does not surely trail SQLite here, so there is no gap to explain.",
          };
        return decide({
          parts: [
            {
              name: `${nameSize(size)}: part of the gap that opening makes:`,
              figure: overRounds(rounds, ({ opened, held, sqlite }) => (opened - held) / (opened - sqlite)),
            },
          ],
          range: above(0.5),
          meaning: "counts as the reason",
          format: formatShare,
          beside: [describeLookups(rounds)],
        });
      }),
  },
  {
    id: "7b",
    topic,
    claim: "With its files held open, binary comes near SQLite",
    rule: "a lookup in a bare process takes less than 1.5 times SQLite's",
    judge: (evidence) =>
      ask(evidence, "held-descriptors", ({ size, rounds }) =>
        decide({
          parts: [
            {
              name: `${nameSize(size)}: held over SQLite`,
              figure: overRounds(rounds, ({ held, sqlite }) => held / sqlite),
            },
          ],
          range: below(NEAR),
          meaning: "counts as near",
          format: formatFactor,
          beside: [describeLookups(rounds)],
        }),
      ),
  },
];

function judgeStart(evidence: Evidence, size: number): Finding {
  const readyIn = (approach: string) => blocksOf(evidence, approach, size, ({ startupMs }) => startupMs);
  const time = (approach: string) => formatMs(estimateMedian([...readyIn(approach).values()]).value);
  return decide({
    parts: [
      {
        name: `${nameSize(size)}: ready in, over storing nothing:`,
        figure: compareWithinBlocks(readyIn("binary"), readyIn("baseline")).ratio,
      },
    ],
    range: below(START_FLAT),
    meaning: "counts as no cost",
    format: formatFactor,
    beside: [`${time("binary")}, ${time("baseline")}`],
  });
}

function describeLookups(rounds: readonly { opened: number; held: number; sqlite: number }[]): string {
  const time = (way: "opened" | "held" | "sqlite") =>
    formatMs(overRounds(rounds, (round) => round[way]).value);
  return `opened ${time("opened")}, held ${time("held")}, SQLite ${time("sqlite")}`;
}

/** Reads of entries that halving takes to find one of so many, on average over all of them. Level k of the tree of
 * middles has 2^(k-1) entries, the last one those that are left. */
export function expectReads(entries: number): { readonly mean: number; readonly max: number } {
  const max = Math.floor(Math.log2(entries)) + 1;
  return { mean: ((entries + 1) * max - 2 ** max + 1) / entries, max };
}

function judgeReads(
  sizes: readonly { size: number; meanReads: readonly number[]; maxReads: number }[],
): Finding {
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
