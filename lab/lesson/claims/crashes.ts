// Claim 21: what a process that is killed in the middle of a write leaves. The experiment with crashes judges it. Pure.
import type { Outcome } from "../../crash/record.ts";
import { formatExact } from "../../report/format.ts";
import type { Evidence } from "../evidence.ts";
import { type ClaimRule, type Finding, notMeasured } from "../finding.ts";
import { decideByCounts } from "../writers-evidence.ts";

/** Those whose files are the lesson's. */
const OF_LINES = ["linear", "map"];

export const crashes: readonly Omit<ClaimRule, "topic">[] = [
  {
    id: "21a",
    claim: "A process killed in mid-write leaves an intact file or one truncated last line",
    rule: "of all files that kills of linear and map have left, none has a line that is no user before its last one",
    judge: (evidence) => askCrashes(evidence, judgeKills),
  },
  {
    id: "21b",
    claim: "The truncated line is skipped by the check for blank lines",
    rule: "the lesson's reader starts and keeps what is acknowledged next, wherever in the last three records the file was cut",
    judge: (evidence) => askCrashes(evidence, judgeReader),
  },
];

function askCrashes({ crash }: Evidence, judge: (outcomes: readonly Outcome[]) => Finding): Finding {
  return crash.length === 0 ? notMeasured("The experiment with crashes has to say.") : judge(crash);
}

function judgeKills(outcomes: readonly Outcome[]): Finding {
  const kills = outcomes.filter(
    ({ experiment, subject, level }) =>
      experiment === "kill" && OF_LINES.includes(subject) && level === "lesson",
  );
  const sum = (name: string) => kills.reduce((total, { figures }) => total + (figures[name] ?? 0), 0);
  if (sum("rounds") === 0) return notMeasured("Nobody was killed.");
  return decideByCounts(
    [{ what: "lines broken before the last one", count: sum("broken"), expected: "none" }],
    `after ${formatExact(sum("rounds"))} kills, of which ${formatExact(sum("torn"))} left a truncated last line`,
    "What was written before is whole",
  );
}

/** The lesson's reader, as it is and with every line skipped that it cannot read. */
function judgeReader(outcomes: readonly Outcome[]): Finding {
  const of = (subject: string) =>
    outcomes.find((one) => one.experiment === "tear" && one.subject === subject);
  const [reader, skipping] = [of("no-repair"), of("skip-bad-lines")];
  if (reader?.figures.faults === undefined) return notMeasured("No file was cut for the lesson's reader.");
  const { faults, places = 0 } = reader.figures;
  const measured =
    `of ${formatExact(places)} cuts ${formatExact(faults)} end or damage the lesson's reader` +
    (skipping?.figures.faults === undefined
      ? ""
      : `; one that skips every bad line loses a user in ${formatExact(skipping.figures.faults)}`);
  if (faults === 0) return { measured, verdict: "holds", why: "No cut was noticed." };
  const why =
    "A truncated line is not blank, so the parser throws; and where it is skipped, the next user is glued to it and lost.";
  return { measured, verdict: "does not hold", why };
}
