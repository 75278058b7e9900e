// Claim 22: appends of several processes to one file. Pure.
import { formatCount, formatExact } from "../../report/format.ts";
import type { WritersRecord } from "../../writers/record.ts";
import { type ClaimRule, type Finding, notMeasured } from "../finding.ts";
import { askWriters, decideByCounts } from "../writers-evidence.ts";

/** On Linux. */
const PIPE_BUF_BYTES = 4_096;

export const appends: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "22a",
    claim: "Small appends of two processes do not mix",
    rule: "two processes append to one file as quickly as they can, and every line is there and a user",
    judge: (evidence) => askWriters(evidence, judgeMixing),
  },
  {
    id: "22b",
    claim: "That is POSIX's guarantee below PIPE_BUF",
    rule: "lines above PIPE_BUF (4,096 bytes on Linux) mix; if they do not, something else keeps lines apart",
    judge: (evidence) => askWriters(evidence, judgeGuarantee),
  },
  {
    id: "22c",
    claim: "A reader may see part of a line",
    rule: "the end of a file that two processes append to is met in the middle of a line",
    judge: (evidence) => askWriters(evidence, judgeHalfLines),
  },
];

function judgeHalfLines({ lines }: WritersRecord): Finding {
  const sum = (of: (one: (typeof lines)[number]) => number) =>
    lines.reduce((total, one) => total + of(one), 0);
  const looks = sum((one) => one.looks);
  if (looks === 0) return notMeasured("Nobody looked at a file that grew.");
  return decideByCounts(
    [{ what: "in the middle of a line", count: sum((one) => one.halfLines), expected: "some" }],
    `of ${formatExact(looks)} looks`,
    "The file grows before all of a line is in it",
  );
}

function judgeMixing({ lines }: WritersRecord): Finding {
  const small = lines.filter(({ bytesPerLine }) => bytesPerLine < PIPE_BUF_BYTES);
  if (small.length === 0) return notMeasured("No lines were appended.");
  const sum = (of: (one: (typeof lines)[number]) => number) =>
    small.reduce((total, one) => total + of(one), 0);
  return decideByCounts(
    [
      { what: "mixed", count: sum((one) => one.mixedLines), expected: "none" },
      { what: "missing", count: sum((one) => one.missingLines), expected: "none" },
    ],
    `of ${formatExact(sum((one) => one.appended))} lines`,
    "Each line is whole, for it was one write to a file opened for appending",
  );
}

function judgeGuarantee({ lines }: WritersRecord): Finding {
  const long = lines.filter(({ bytesPerLine }) => bytesPerLine > PIPE_BUF_BYTES);
  const [longer] = long;
  if (longer === undefined || longer.appended === 0) return notMeasured("No long lines were appended.");
  const measured =
    `${formatExact(longer.mixedLines)} of ${formatExact(longer.appended)} lines of ` +
    `${formatCount(longer.bytesPerLine)} bytes mixed; a reader met ` +
    `${formatExact(longer.halfLines)} half lines in ${formatExact(longer.looks)} looks`;
  if (longer.mixedLines > 0)
    return { measured, verdict: "cannot tell here", why: "Lines above PIPE_BUF did mix here." };
  const why = "Lines above PIPE_BUF do not mix either, so it is O_APPEND and one write that keep them apart.";
  return { measured, verdict: "does not hold", why };
}
