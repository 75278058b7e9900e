// Claim 17: several processes that read one SQLite file, one of them beside a writer. Pure.
import { estimateMedian } from "../../measure/bootstrap.ts";
import { compareWithinBlocks } from "../../measure/difference.ts";
import { formatMs } from "../../report/format.ts";
import type { ReadersRecord, WritersRecord } from "../../writers/record.ts";
import { type ClaimRule, decide, type Finding, notMeasured } from "../finding.ts";
import { above, below } from "../range.ts";
import { formatEstimate, formatFactor, formatShare } from "../words.ts";
import { askWriters } from "../writers-evidence.ts";
import { ABOUT } from "./lines.ts";

export const sqliteReaders: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "17a",
    claim: "WAL lets readers go on beside a writer",
    rule: "readers who pause for 2 ms after each answer read more than half as much beside a process that writes without pause as alone, block by block",
    judge: (evidence) =>
      askWriters(evidence, (record) => judgeReaders(record, "wal", above(0.5), "counts as going on")),
  },
  {
    id: "17b",
    claim: "The rollback journal does not: a writer keeps readers out",
    rule: "with a rollback journal the same readers read less than half as much beside the writer as alone, block by block",
    judge: (evidence) =>
      askWriters(evidence, (record) => judgeReaders(record, "delete", below(0.5), "counts as keeping out")),
  },
  {
    id: "17c",
    claim: "Several processes read one SQLite file side by side",
    rule: "four processes together answer at least 0.8 times as many reads as one with as many connections, block by block",
    judge: (evidence) => askWriters(evidence, judgeManyReaders),
  },
];

function judgeReaders(
  { readers }: WritersRecord,
  journal: ReadersRecord["journal"],
  range: Parameters<typeof decide>[0]["range"],
  meaning: string,
): Finding {
  const own = readers.filter((one) => one.journal === journal);
  if (own.length === 0) return notMeasured("No reader was measured beside a writer.");
  const of = (which: "alone" | "besideWriter") =>
    new Map(own.map((one) => [one.block, one[which].readsPerSecond]));
  const p99 = (which: "alone" | "besideWriter") =>
    formatEstimate(estimateMedian(own.map((one) => one[which].latencyMs?.p99 ?? Number.NaN)), formatMs);
  return decide({
    parts: [
      {
        name: "reads beside over alone:",
        figure: compareWithinBlocks(of("besideWriter"), of("alone")).ratio,
      },
    ],
    range,
    meaning,
    format: formatFactor,
    beside: [`p99 ${p99("alone")} alone, ${p99("besideWriter")} beside`],
  });
}

function judgeManyReaders({ manyReaders }: WritersRecord): Finding {
  if (manyReaders.length === 0) return notMeasured("No several processes were asked to read.");
  const of = (which: "one" | "four") =>
    new Map(manyReaders.map((one) => [one.block, one[which].readsPerSecond]));
  return decide({
    parts: [{ name: "four over one:", figure: compareWithinBlocks(of("four"), of("one")).ratio }],
    range: above(1 / ABOUT),
    meaning: "counts as side by side",
    format: formatFactor,
    beside: [
      `${formatShare(estimateMedian(manyReaders.map((one) => one.fourBusyShare)).value)} of all cores busy`,
    ],
  });
}
