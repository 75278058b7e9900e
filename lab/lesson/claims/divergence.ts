// Claims 18 and 20: maps that know nothing of each other, in processes and in threads. Pure.
import { trialsOf } from "../../writers/figures.ts";
import type { TrialRecord, WritersRecord } from "../../writers/record.ts";
import { type ClaimRule, type Finding, notMeasured } from "../finding.ts";
import { askWriters, decideByCounts, ofAcknowledged, sumOf } from "../writers-evidence.ts";

export const twoMaps: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "18a",
    claim: "Two map processes diverge silently",
    rule: "no POST is refused, and there are users that the other process never has",
    judge: (evidence) => askWriters(evidence, (record) => judgeDivergence(record, false)),
  },
  {
    id: "18b",
    claim: "The file of two map processes keeps every record, no two lines mixed",
    rule: "every acknowledged user of two processes is in the file once, and every line of it is a user",
    judge: (evidence) =>
      askWriters(evidence, (record) => {
        const trials = mapTrials(record, false);
        if (trials.length === 0) return notMeasured("There is no trial of map written to by 2.");
        return decideByCounts(
          [
            { what: "lost", count: sumOf(trials, ({ findings }) => findings.lost), expected: "none" },
            {
              what: "stored twice",
              count: sumOf(trials, ({ findings }) => findings.duplicated),
              expected: "none",
            },
            {
              what: "mixed",
              count: sumOf(trials, ({ findings }) => findings.malformedLines),
              expected: "none",
            },
          ],
          ofAcknowledged(trials),
          "Every record is there once, in a line of its own",
        );
      }),
  },
];

export const twoThreads: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "20",
    claim: "Worker threads do not help",
    rule: "the map in two threads of one process: no POST is refused, and there are users that the other thread never has",
    judge: (evidence) => askWriters(evidence, (record) => judgeDivergence(record, true)),
  },
];

function mapTrials(record: WritersRecord, areThreads: boolean): TrialRecord[] {
  return trialsOf(record, { approach: "map", processes: 2, areThreads });
}

function judgeDivergence(record: WritersRecord, areThreads: boolean): Finding {
  const trials = mapTrials(record, areThreads);
  if (trials.length === 0) return notMeasured("There is no trial of it.");
  return decideByCounts(
    [
      {
        what: "missing at the other to the end",
        count: sumOf(trials, ({ findings }) => findings.neverSeen),
        expected: "some",
      },
      {
        what: "refused",
        count: sumOf(trials, ({ findings }) => findings.attempted - findings.acknowledged),
        expected: "none",
      },
    ],
    ofAcknowledged(trials),
    "Each answers 201 and has only what it was asked to store itself",
  );
}
