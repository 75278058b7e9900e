// Claims 6 and 7: binary search in a sorted index on disk. Pure.
import { estimateMedian } from "../../measure/bootstrap.ts";
import { compareWithinBlocks } from "../../measure/difference.ts";
import { formatMs } from "../../report/format.ts";
import { blocksOf, type Evidence, sizesOf } from "../evidence.ts";
import { type ClaimRule, decide, type Finding } from "../finding.ts";
import { ask, compareSizes, findLack, overRounds } from "../lookup.ts";
import { above, below } from "../range.ts";
import { formatEstimate, formatFactor, formatShare, nameSize } from "../words.ts";
import { judgeReads, shareOfHottestPages } from "./index-reads.ts";
import { FLAT, LARGE, MEANS_FLAT, SMALL } from "./lines.ts";

const topic = "reading";
const START_FLAT = 1.25;
const FEW_PAGES = 0.1;
/** The part of the pages that is looked at for how unevenly they are read. */
const HOTTEST = 0.01;
const NEAR = 1.5;

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
          beside: [
            `of ${pages} pages`,
            `${formatShare(HOTTEST)} of the pages get ${formatShare(shareOfHottestPages(size, pages, HOTTEST))} of the reads (computed)`,
          ],
          remarks: {
            "does not hold":
              "every lookup ends on one page of all, each as likely, so lookups as many as these touch nearly every page, however " +
              "unevenly they read them",
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
  const time = (approach: string) =>
    formatEstimate(estimateMedian([...readyIn(approach).values()]), formatMs);
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
    formatEstimate(
      overRounds(rounds, (round) => round[way]),
      formatMs,
    );
  return `opened ${time("opened")}, held ${time("held")}, SQLite ${time("sqlite")}`;
}
