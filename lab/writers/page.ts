// writers.json as text that reads well in a terminal and is Markdown as well. Pure.
import type { Approaches } from "../../services/approaches/approach.ts";
import { formatExact, formatMs } from "../report/format.ts";
import { renderTable } from "../report/table.ts";
import { showCells } from "./cell-sections.ts";
import { summarizeCells } from "./figures.ts";
import { showBatches, showEqualIds, showLines, showNotRun } from "./once-sections.ts";
import type { WritersRecord } from "./record.ts";
import type { Section } from "./section.ts";
import { showManyReaders, showReaders, showRows } from "./side-sections.ts";

/** Lists what there is to show of a run; nothing for what was not measured.
 * @param order the cells' names in the order of the plan */
export function listSections(
  record: WritersRecord,
  order: readonly string[],
  approaches: Approaches,
): Section[] {
  return [
    ...showCells(record, summarizeCells(record, order), approaches),
    ...showReaders(record),
    ...showManyReaders(record),
    ...showRows(record),
    ...showEqualIds(record),
    ...showLines(record),
    ...showBatches(record),
    ...showNotRun(record),
  ];
}

export function renderSections(sections: readonly Section[]): string {
  return sections.map(renderSection).join("\n");
}

function renderSection({ title, table, notes }: Section): string {
  const list = notes.map((note) => `- ${note}`).join("\n");
  const parts = [`## ${title}`, ...(table ? [renderTable(table.columns, table.rows)] : []), list];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** Renders writers.md. */
export function renderPage(record: WritersRecord, sections: readonly Section[]): string {
  const lines = [
    `# Several writers: ${record.run}`,
    "",
    "Made from writers.json; a change here would be lost.",
    "",
    ...describeRun(record).map((fact) => `- ${fact}`),
    `- \`${record.command}\``,
    "",
    renderSections(sections),
  ];
  return lines.join("\n");
}

/** Says how a run was made. */
export function describeRun(record: WritersRecord): string[] {
  const { machine, size, blocks, durationMs, connections, commit, isDirty, endedAt } = record;
  return [
    `${blocks} blocks of ${formatMs(durationMs)}, ${connections} connections, ${formatExact(size)} users`,
    `${machine.cpu}, ${machine.cores} cores, nobody bound to one`,
    `commit ${commit}${isDirty ? ", with changes" : ""}${endedAt === null ? "; stopped before its end" : ""}`,
  ];
}
