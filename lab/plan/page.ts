// An answer as text that reads well in a terminal and on a projector. Pure.
import { formatLimit } from "../memory/sections.ts";
import { formatExact } from "../report/format.ts";
import type { Answer } from "./answer.ts";
import type { Change } from "./changes.ts";
import { nameOf } from "./obstacles.ts";
import { listNotes } from "./page-notes.ts";
import { formatRough, type Judged, renderMeasured } from "./page-table.ts";

/** Renders an answer: the first line has it, and what comes below says less and less of it. Every table is Markdown as well. */
export function renderAnswer(answer: Answer): string {
  const of = (verdict: Judged["verdict"]) => answer.judgments.filter((one) => one.verdict === verdict);
  const byHeading = Map.groupBy(answer.caveats, ({ of }) => of);
  const caveats = [...byHeading].map(
    ([heading, all]) => `${heading}: ${all.map(({ text }) => text).join(" ")}`,
  );
  return [
    `Do you need a database? ${answer.headline}`,
    describeNeed(answer),
    showCan(of("can")),
    showUnsure(of("cannot tell")),
    showUnmeasured(of("not measured")),
    showCannot(of("cannot")),
    showChanges(answer),
    showList(
      "Who is who",
      answer.judgments.map(({ approach, summary }) => `${approach}: ${summary}`),
    ),
    showList("How to read it", listNotes(answer)),
    showList("What makes these figures say less", caveats),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function showList(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : [title, ...items.map((item) => `  - ${item}`)].join("\n");
}

const SHARINGS = { one: "one process", several: "several processes", machines: "several machines" } as const;

function describeNeed({ need, day }: Answer): string {
  const { users, recordBytes, memoryBytes, readsPerSecond, writesPerSecond, processes, survives, asks } =
    need;
  const memory = memoryBytes === null ? "" : ` with ${formatLimit(memoryBytes)} of memory`;
  const lines = [
    `${formatExact(users)} users, ${formatExact(recordBytes)} bytes each; ${SHARINGS[processes]}${memory}; asked by ${asks.join(", ")}`,
    `per second, at the busiest time: reads ${formatExact(readsPerSecond)}, writes ${formatExact(writesPerSecond)}` +
      (writesPerSecond > 0 ? `; an acknowledged write survives ${nameOf(survives)}` : ""),
    `that is about ${formatRough(day.users)} users a day, of ${formatExact(day.requestsPerUserAndDay)} requests each, ` +
      `with a peak of ${formatExact(day.peakFactor)} times the mean`,
  ];
  return showList("Asked for", lines);
}

function showCan(rows: readonly Judged[]): string {
  if (rows.length === 0) return "";
  const support = rows.flatMap(({ approach, support }) =>
    support.map(({ text, shownBy }) => `  ${approach}: ${text} (${shownBy})`),
  );
  return ["Can, the simplest first", renderMeasured(rows), ...support].join("\n");
}

function showUnsure(rows: readonly Judged[]): string {
  if (rows.length === 0) return "";
  const title = "Cannot tell: the need lies within the interval; more blocks, or PRECISION=5%, narrow it";
  return [title, renderMeasured(rows)].join("\n");
}

/** Those who lack the same are asked for together. */
function showUnmeasured(rows: readonly Judged[]): string {
  const gaps = rows.flatMap(({ approach, gaps }) => gaps.map((gap) => ({ approach, ...gap })));
  const bySame = Map.groupBy(gaps, ({ text, command }) => JSON.stringify([text, command]));
  const lines = [...bySame.values()].flatMap((of) => {
    const names = of.map(({ approach }) => approach);
    return of.slice(0, 1).map(({ text, command }) => {
      const how =
        command === null ? "no command of the lab measures it" : `${command} APPROACHES=${names.join(",")}`;
      return `${names.join(", ")}: ${text}\n      ${how}`;
    });
  });
  return showList("Not measured yet; the command below each finds out", lines);
}

/** Those who cannot for the same reason stand together. */
function showCannot(rows: readonly Judged[]): string {
  const reasons = rows.flatMap(({ approach, setting, reasons }) => {
    const name = [approach, setting].filter(Boolean).join(", ");
    return reasons.map(({ text, shownBy }) => ({ name, what: `${text}\n      shown by ${shownBy}` }));
  });
  const bySame = Map.groupBy(reasons, ({ what }) => what);
  const lines = [...bySame].map(([what, of]) => `${of.map(({ name }) => name).join(", ")}: ${what}`);
  return showList("Cannot", lines);
}

/** Where somebody can, nobody asks what becomes of those that were not measured. */
function showChanges({ changes, judgments }: Answer): string {
  const isAnswered = judgments.some(({ verdict }) => verdict === "can");
  const lines = changes.flatMap(({ what, verdicts }) => {
    const told = verdicts.filter(({ from, to }) => !isAnswered || from === "can" || to === "can");
    const byWords = Map.groupBy(told, describeVerdict);
    const words = [...byWords].map(([to, of]) => `${of.map(({ approach }) => approach).join(", ")} ${to}`);
    return words.length === 0 ? [] : `${what}: ${words.join("; ")}`;
  });
  return showList("What would change it", lines);
}

/** What becomes of an approach. */
function describeVerdict({ from, to }: Change["verdicts"][number]): string {
  const words = { can: "can", cannot: "cannot", "cannot tell": "perhaps", "not measured": "not measured" };
  return from === "can" && to === "cannot" ? "cannot any more" : words[to];
}
