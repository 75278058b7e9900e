// What an experiment with several writers shows once: equal ids, appends, batches. Pure.
import { formatBytes, formatExact, formatMs } from "../report/format.ts";
import type { Column } from "../report/table.ts";
import type { BatchesRecord, EqualIdsRecord, LinesRecord, WritersRecord } from "./record.ts";
import { numeric, type Section, textual, toTable } from "./section.ts";
import { formatPart, isControlShown, judgeBatches } from "./verdicts.ts";

const EQUAL_ID_COLUMNS: readonly Column<EqualIdsRecord>[] = [
  textual("approach", ({ approach }) => approach),
  textual("the first", ({ first }) => first),
  textual("the second", ({ second }) => second),
  numeric("records", ({ records }) => String(records)),
];

export function showEqualIds({ equalIds }: Pick<WritersRecord, "equalIds">): Section[] {
  const title = "Two processes store a user with one id";
  return equalIds.length === 0 ? [] : [{ title, table: toTable(EQUAL_ID_COLUMNS, equalIds), notes: [] }];
}

export function showLines({ lines }: Pick<WritersRecord, "lines">): Section[] {
  return lines.length === 0
    ? []
    : [{ title: "Two processes append to one file", notes: lines.map(describeLines) }];
}

function describeLines(record: LinesRecord): string {
  const { processes, appended, mixedLines, missingLines, looks, halfLines, bytesPerLine, windowMs } = record;
  const part = looks === 0 ? "" : ` (${formatPart(halfLines / looks)})`;
  return (
    `${processes} processes appended ${formatExact(appended)} lines of ${formatBytes(bytesPerLine)} in ` +
    `${formatMs(windowMs)}: ${formatExact(mixedLines)} mixed, ${formatExact(missingLines)} missing. A reader of the ` +
    `file's end looked ${formatExact(looks)} times and met ${formatExact(halfLines)} half lines${part}.`
  );
}

const BATCH_COLUMNS: readonly Column<BatchesRecord & { readonly verdict: string }>[] = [
  textual("approach", ({ approach }) => approach),
  textual("promise", ({ promise }) => promise),
  numeric("kills", ({ kills }) => String(kills)),
  numeric("acknowledged", ({ acknowledged }) => formatExact(acknowledged)),
  numeric("in flight", ({ inFlight }) => String(inFlight)),
  numeric("whole", ({ whole }) => String(whole)),
  numeric("absent", ({ absent }) => String(absent)),
  numeric("half", ({ half }) => String(half)),
  textual("verdict", ({ verdict }) => verdict),
];

export function showBatches({ batches }: Pick<WritersRecord, "batches">): Section[] {
  if (batches.length === 0) return [];
  const isShown = isControlShown(batches);
  const rows = batches.map((one) => {
    const { outcome, why } = judgeBatches(one, isShown);
    return { ...one, verdict: `${outcome}: ${why}` };
  });
  return [{ title: "Killed in the middle of batches", table: toTable(BATCH_COLUMNS, rows), notes: [] }];
}

export function showNotRun({ notRun }: Pick<WritersRecord, "notRun">): Section[] {
  return notRun.length === 0 ? [] : [{ title: "Not run", notes: notRun }];
}
