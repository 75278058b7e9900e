// memory.json as text that reads well in a terminal and is Markdown as well. Pure.
import { joinWords } from "../report/html/words.ts";
import { renderSections } from "../writers/page.ts";
import { type Cell, formatMultiple, listCells } from "./cells.ts";
import type { MemoryRecord } from "./record.ts";
import { formatLimit, listSections } from "./sections.ts";

/** Says in a sentence who serves the largest data, and who does not. */
export function tellAnswer(record: MemoryRecord): string {
  const largest = Math.max(...record.trials.map(({ size }) => size));
  const cells = listCells(record).filter(({ size }) => size === largest);
  const [first] = cells;
  if (first === undefined) return "Nothing was measured.";
  const serves = ({ trials }: Cell) => trials.every(({ end }) => end === null);
  const names = (of: readonly Cell[]) => joinWords(of.map(({ approach }) => approach));
  const [served, failed] = [names(cells.filter(serves)), names(cells.filter((cell) => !serves(cell)))];
  const words = [
    ...(served === "" ? [] : [`${served} served`]),
    ...(failed === "" ? [] : [`${failed} did not`]),
  ];
  return `With ${formatLimit(record.limitBytes)} and ${formatMultiple(first.multiple)} times as much data, ${words.join("; ")}.`;
}

/** Says how a run was made. */
export function describeRun(record: MemoryRecord): string[] {
  const { machine, disk, cgroupVersion, connections, commit, isDirty, endedAt } = record;
  return [
    `${formatLimit(record.limitBytes)} by a control group of version ${cgroupVersion}, no swap; closed load of ${connections} connections`,
    `${machine.cpu}, ${machine.cores} cores; ${disk === null ? "an unknown disk" : disk.fileSystem}`,
    `commit ${commit}${isDirty ? ", with changes" : ""}${endedAt === null ? "; stopped before its end" : ""}`,
  ];
}

/** Renders memory.md. */
export function renderPage(record: MemoryRecord): string {
  const lines = [
    `# Bigger than memory: ${record.run}`,
    "",
    "Made from memory.json; a change here would be lost.",
    "",
    ...describeRun(record).map((fact) => `- ${fact}`),
    `- \`${record.command}\``,
    "",
    tellAnswer(record),
    "",
    renderSections(listSections(record)),
  ];
  return lines.join("\n");
}
