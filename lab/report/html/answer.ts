// The answer, in sentences computed from the data.
import { MIN_BLOCKS } from "../../measure/bootstrap.ts";
import { formatCount } from "../format.ts";
import type { SummaryRow } from "../summary.ts";
import { compareThroughput, nameRequests, type Subject, storesUsers } from "./subject.ts";
import { countThings, formatRough, joinWords, writeEstimate, writeInterval } from "./words.ts";

/** What an answered POST survives, the most first. */
const DURABILITIES = [
  { durability: "power", survives: "a power cut" },
  { durability: "process", survives: "kill -9 of the service" },
  { durability: "nothing", survives: "nothing" },
] as const;

/** Writes the answer: the first sentence is the one to remember. */
export function writeAnswer(subjects: readonly Subject[]): string[] {
  const [first] = subjects;
  if (first === undefined) return ["No trial was finished, so there is nothing to say."];
  const sameSize = subjects.filter(({ size }) => size === subjects.at(-1)?.size);
  const main = sameSize.find(({ workload }) => workload === first.workload) ?? first;
  return [
    writeMain(main),
    ...writeHttpAlone(main),
    ...sameSize.filter((subject) => subject !== main).map(writeOther),
    ...writeLimited(main),
  ];
}

function writeMain(subject: Subject): string {
  const { connections } = subject.run.environment;
  const where = `On this machine, with ${formatCount(subject.size)} users and ${countThings(connections, "connection")},`;
  const [best, ...others] = subject.own.filter(storesUsers);
  if (best === undefined) return `${where} no store answered without a fault; the verdicts say why.`;
  const level = others.filter((row) => isLevel(subject, best, row));
  const behind = others.filter((row) => !level.includes(row));
  const leaders = writeLeaders(subject, [best, ...level]);
  const ahead = [...new Set([behind[0], behind.at(-1)])].flatMap((row) =>
    row === undefined ? [] : [writeAhead(subject, best, row)],
  );
  const blocks =
    best.blocks < MIN_BLOCKS
      ? ` Fewer than ${MIN_BLOCKS} blocks say too little about chance: the order may be another next time.`
      : "";
  const rest =
    ahead.length === 0
      ? ""
      : `${level.length === 0 ? ":" : `; ${best.approach} answers`} ${joinWords(ahead)}`;
  return `${where} ${leaders}${rest}.${blocks}`;
}

/** "map answers 48,000 reads a second (…)", or of several that they cannot be told apart. */
function writeLeaders(subject: Subject, rows: readonly SummaryRow[]): string {
  const requests = `${nameRequests(subject)} a second`;
  const figures = rows.map(({ requestsPerSecond }) => requestsPerSecond);
  const [only] = figures;
  if (rows.length === 1 && only !== undefined)
    return `${rows[0]?.approach} answers ${formatRough(only.value)} ${requests} ${writeInterval(only)}`.trim();
  const names = joinWords(rows.map(({ approach }) => approach));
  return `${names} answer the most ${requests}, ${joinWords(figures.map((one) => writeEstimate(one)))}, and cannot be told apart`;
}

function writeAhead(subject: Subject, best: SummaryRow, row: SummaryRow): string {
  const { ratio } = compareThroughput(subject, best.approach, row.approach);
  return `${formatRough(ratio.value)} times as many as ${row.approach} ${writeInterval(ratio)}`.trim();
}

function isLevel(subject: Subject, one: SummaryRow, other: SummaryRow): boolean {
  return compareThroughput(subject, one.approach, other.approach).finding === "no difference found";
}

/** What the approaches that store nothing say: how far any store could get. */
function writeHttpAlone(subject: Subject): string[] {
  const best = subject.own.find(storesUsers);
  const alone = subject.own.find((row) => !storesUsers(row));
  if (alone === undefined || best === undefined) return [];
  const { ratio, finding } = compareThroughput(subject, best.approach, alone.approach);
  const compared =
    finding === "no difference found"
      ? `${best.approach} cannot be told apart from that`
      : `${best.approach} reaches ${writeEstimate(ratio, formatPercent)} of that`;
  return [
    `HTTP alone, with nothing stored (${alone.approach}), answers ${writeEstimate(alone.requestsPerSecond)}: ${compared}.`,
  ];
}

/** A further workload in a sentence. Writes are compared among those that survive the same. */
function writeOther(subject: Subject): string {
  const rows = subject.own.filter(storesUsers);
  const name = `Under ${subject.workload} (${subject.description})`;
  if (rows.length === 0) return `${name} no store answered without a fault.`;
  if (!subject.writes) return `${name} ${writeBest(subject, rows)}.`;
  const groups = DURABILITIES.flatMap(({ durability, survives }) => {
    const of = rows.filter((row) => row.durability === durability);
    return of.length === 0 ? [] : [`of what survives ${survives}, ${writeBest(subject, of)}`];
  });
  return `${name}, ${groups.join("; ")}.`;
}

function writeBest(subject: Subject, rows: readonly SummaryRow[]): string {
  const [best, ...rest] = rows as [SummaryRow, ...SummaryRow[]];
  return writeLeaders(subject, [best, ...rest.filter((row) => isLevel(subject, best, row))]);
}

function writeLimited({ own }: Subject): string[] {
  const limited = own.filter(({ verdicts }) => verdicts.includes("client-limited"));
  if (limited.length === 0) return [];
  return [
    `The load generator was the limit of ${joinWords(limited.map(({ approach }) => approach))}, at least at times: more may be possible there.`,
  ];
}

function formatPercent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
