// An answer as text that reads well in a terminal and on a projector. Pure.
import { formatCount, formatExact, formatMegabytes, formatMs, formatRatio } from "../report/format.ts";
import { type Column, renderTable } from "../report/table.ts";
import type { Answer } from "./answer.ts";
import type { Capacity } from "./capacity.ts";
import { describeSource } from "./judge.ts";
import { ENOUGH_SHARE } from "./load-share.ts";
import { nameOf } from "./obstacles.ts";

type Judged = Answer["judgments"][number];

/** Renders an answer. Every table is Markdown as well. */
export function renderAnswer(answer: Answer): string {
  const of = (...verdicts: readonly Judged["verdict"][]) =>
    answer.judgments.filter(({ verdict }) => verdicts.includes(verdict));
  return [
    `Do you need a database?\n\n  ${answer.headline}`,
    describeNeed(answer),
    showCan(of("can")),
    showUnsure(of("cannot tell")),
    showCannot(of("cannot")),
    showUnmeasured(of("not measured")),
    showChanges(answer),
    explain(answer),
    showList("What makes these figures say less", answer.caveats),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function showList(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : [title, ...items.map((item) => `  - ${item}`)].join("\n");
}

const SHARINGS = { one: "one process", several: "several processes", machines: "several machines" } as const;

function describeNeed({ need, day }: Answer): string {
  const { users, recordBytes, readsPerSecond, writesPerSecond, processes, survives, asks } = need;
  const lines = [
    `${formatExact(users)} users of ${formatExact(recordBytes)} bytes; ${SHARINGS[processes]}; asked by ${asks.join(", ")}`,
    `${formatExact(readsPerSecond)} reads and ${formatExact(writesPerSecond)} writes per second at the busiest time` +
      (writesPerSecond > 0 ? `; an acknowledged write survives ${nameOf(survives)}` : ""),
    `that is about ${formatRough(day.users)} users a day, of ${formatExact(day.requestsPerUserAndDay)} requests each, ` +
      `with a peak of ${formatExact(day.peakFactor)} times the mean`,
  ];
  return showList("Asked for", lines);
}

/** Two significant digits: the assumptions are no surer than that. */
function formatRough(value: number): string {
  return formatExact(Number(value.toPrecision(2)));
}

const capacityOf = ({ by }: Judged, operation: Capacity["operation"]) =>
  by.find((one) => one.operation === operation);

function formatCapacity(capacity: Capacity | undefined): string {
  if (capacity === undefined) return "";
  const mark = capacity.isImplied ? " by CPU" : "";
  return `${formatCount(capacity.requestsPerSecond.value)}${mark}`;
}

function formatMemory({ by }: Judged): string {
  const bytes = by.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return bytes.length === 0 ? "" : formatMegabytes(Math.max(...bytes));
}

function formatLatency({ latency }: Judged): string {
  if (latency === null) return "";
  const { p50Ms, p99Ms, requestsPerSecond } = latency;
  const p99 = p99Ms === null ? "too few" : formatMs(p99Ms);
  return `${formatMs(p50Ms)}, ${p99} at ${formatCount(requestsPerSecond)}/s`;
}

const left = (title: string, cell: (row: Judged) => string): Column<Judged> => ({
  title,
  align: "left",
  cell,
});
const right = (title: string, cell: (row: Judged) => string): Column<Judged> => ({
  title,
  align: "right",
  cell,
});

const COLUMNS: readonly Column<Judged>[] = [
  left("approach", ({ approach, setting }) => [approach, setting].filter(Boolean).join(", ")),
  right("headroom", ({ headroom }) => (headroom === null ? "" : `${formatRatio(headroom)} x`)),
  right("reads/s alone", (row) => formatCapacity(capacityOf(row, "read"))),
  right("writes/s alone", (row) => formatCapacity(capacityOf(row, "write"))),
  right("at users", ({ by }) => [...new Set(by.map(({ users }) => formatExact(users)))].join("; ")),
  right("p50, p99 of reads", formatLatency),
  right("memory", formatMemory),
  right("users a day, at most", ({ dailyUsers }) => (dailyUsers === null ? "" : formatRough(dailyUsers))),
];

function showSources(rows: readonly Judged[]): string {
  const sources = rows.flatMap(({ by, latency, approach }) => [
    ...by.map(describeSource),
    ...(latency === null ? [] : [`${latency.run}, ${approach} read, open`]),
  ]);
  const byRun = Map.groupBy(sources, (source) => source.slice(0, source.indexOf(", ")));
  return [...byRun]
    .map(
      ([run, of]) => `  from ${run}: ${[...new Set(of)].map((one) => one.slice(run.length + 2)).join("; ")}`,
    )
    .join("\n");
}

function showCan(rows: readonly Judged[]): string {
  if (rows.length === 0) return "";
  const support = rows.flatMap(({ approach, support }) =>
    support.map(({ text, shownBy }) => `  ${approach}: ${text} (${shownBy})`),
  );
  return ["Can, the simplest first", renderTable(COLUMNS, rows), showSources(rows), ...support].join("\n");
}

function showUnsure(rows: readonly Judged[]): string {
  if (rows.length === 0) return "";
  const title = "Cannot tell: the need lies within the interval; more blocks, or PRECISION=5%, narrow it";
  return [title, renderTable(COLUMNS, rows), showSources(rows)].join("\n");
}

function showCannot(rows: readonly Judged[]): string {
  const reasons = rows.flatMap(({ approach, setting, reasons }) =>
    reasons.map(
      ({ text, shownBy }) =>
        `${[approach, setting].filter(Boolean).join(", ")}: ${text}\n      shown by ${shownBy}`,
    ),
  );
  return showList("Cannot", reasons);
}

/** Those who lack the same are asked for together. */
function showUnmeasured(rows: readonly Judged[]): string {
  const gaps = rows.flatMap(({ approach, gaps }) => gaps.map((gap) => ({ approach, ...gap })));
  const byCommand = Map.groupBy(gaps, ({ text, command }) => `${text}\n      ${command}`);
  const lines = [...byCommand].map(([what, of]) => {
    const names = of.map(({ approach }) => approach);
    return `${names.join(", ")}, not measured: ${what} APPROACHES=${names.join(",")}`;
  });
  return showList("No answer without a result", lines);
}

function showChanges({ changes }: Answer): string {
  const lines = changes.flatMap(({ what, verdicts }) => {
    const byVerdict = Map.groupBy(verdicts, ({ to }) => to);
    const words = [...byVerdict].map(
      ([to, of]) => `${of.map(({ approach }) => approach).join(", ")} ${describe(to)}`,
    );
    return `${what}: ${words.join("; ")}`;
  });
  return showList("What would change it", lines);
}

/** What becomes of an approach. */
function describe(verdict: Judged["verdict"]): string {
  const words = {
    can: "can",
    cannot: "cannot any more",
    "cannot tell": "perhaps",
    "not measured": "not measured",
  };
  return words[verdict];
}

function explain({ judgments, need }: Answer): string {
  const capacities = judgments.flatMap(({ by }) => by);
  const part = formatExact(ENOUGH_SHARE * 100);
  return showList("How to read it", [
    "headroom: how many times the load goes into what the approach can do, reads and writes each as a part of what it does " +
      "of them alone; one process, one core, and both cost the same beside each other as alone",
    `can: the load is at most ${part} % of that, by the ends of the intervals; above it waiting grows without measure. Users a day, at most: up to there`,
    "nothing is extrapolated: a larger measured size says what is enough, a smaller one what is not",
    ...(capacities.some(({ isImplied }) => isImplied)
      ? [
          "by CPU: the load generator was the limit, so it is what the CPU time per request allows; can is said by what was measured",
        ]
      : []),
    ...(capacities.some(({ blocks }) => blocks < 5)
      ? ["some figures are of fewer than five blocks, and have no interval"]
      : []),
    ...(need.processes !== "one" && need.readsPerSecond > 0
      ? ["reads are those of one process; each further one may add as much on a core of its own"]
      : []),
    ...(judgments.every(({ latency }) => latency === null)
      ? [
          `how long requests take at this rate was not measured: make bench LOAD=open SIZE=${need.users} RATE=${need.readsPerSecond + need.writesPerSecond}`,
        ]
      : []),
  ]);
}
