// The cells of an experiment with several writers, what may be concluded of them, and the rules of thumb. Pure.
import type { Approaches } from "../../services/approaches/approach.ts";
import { MIN_BLOCKS } from "../measure/bootstrap.ts";
import { CANARY_LIMIT, FSYNC_LIMIT, STEAL_LIMIT } from "../measure/noise.ts";
import { formatCount, formatExact, formatMicros, formatMs, formatRange } from "../report/format.ts";
import type { Column } from "../report/table.ts";
import { type CellSummary, OTHERS_LIMIT } from "./figures.ts";
import type { WritersRecord } from "./record.ts";
import { numeric, type Section, textual, toTable } from "./section.ts";
import {
  describeErrors,
  describeReadErrors,
  describeStaleness,
  formatPart,
  judgeSharing,
  listRules,
  type RuleOfThumb,
} from "./verdicts.ts";

/** Nothing where nothing was measured. */
export function showCells(
  { failures }: Pick<WritersRecord, "failures">,
  cells: readonly CellSummary[],
  approaches: Approaches,
): Section[] {
  const failed = failures.map(({ cell, block, error }) => `${cell}, block ${block}: ${error}`);
  if (cells.length === 0) return failed.length === 0 ? [] : [{ title: "Trials", notes: failed }];
  const verdicts = judgeSharing(cells);
  return [
    {
      title: "Posts without pause, then reads of what was acknowledged",
      table: toTable(CELL_COLUMNS, cells),
      notes: [...listNotes(cells), ...failed],
    },
    {
      title: "May several processes share it?",
      notes: verdicts.map(({ approach, sharing, why }) => `${approach}: ${sharing}: ${why}.`),
    },
    { title: "Rules of thumb", notes: listRules(cells, approaches).map(describeRule) },
  ];
}

const CELL_COLUMNS: readonly Column<CellSummary>[] = [
  textual("written to by", ({ cell }) => cell),
  numeric("posts/s", ({ postsPerSecond }) => formatCount(postsPerSecond.value)),
  numeric("95 % interval", ({ postsPerSecond }) => formatRange(postsPerSecond, formatCount)),
  numeric("mean", ({ latencyMs }) => (latencyMs === null ? "" : formatMs(latencyMs.mean))),
  numeric("p50", ({ latencyMs }) => (latencyMs === null ? "" : formatMs(latencyMs.p50))),
  numeric("p99", ({ latencyMs }) =>
    latencyMs === null || latencyMs.p99 === null ? "" : formatMs(latencyMs.p99),
  ),
  numeric("max", ({ latencyMs }) => (latencyMs === null ? "" : formatMs(latencyMs.max))),
  numeric("lost", ({ lost }) => formatExact(lost)),
  numeric("twice", ({ duplicated }) => formatExact(duplicated)),
  numeric("stale", ({ stale }) => formatExact(stale)),
  textual("the longest for", ({ neverSeen, staleForMs }) => {
    if (neverSeen > 0) return "the whole trial";
    return staleForMs === null ? "" : describeStaleness(staleForMs);
  }),
  textual("refused", describeErrors),
  textual("reads refused", describeReadErrors),
  numeric("CPU/request", ({ cpuMicrosPerRequest }) => formatMicros(cpuMicrosPerRequest.value)),
  numeric("cores busy", ({ busyShare }) => formatPart(Math.min(1, busyShare))),
  numeric("noisy", ({ noisyBlocks, blocks }) => (noisyBlocks === 0 ? "" : `${noisyBlocks} of ${blocks}`)),
  numeric("acknowledged", ({ acknowledged }) => formatExact(acknowledged)),
  numeric("asked at once", ({ askedAtOnce }) => formatExact(askedAtOnce)),
  numeric("at the end", ({ askedAtEnd }) => formatExact(askedAtEnd)),
];

/** Under which settings the services of each setup ran. */
function listSettings(cells: readonly CellSummary[]): string[] {
  const lines = cells.map(({ approach, setup, settings }) => {
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return words.length === 0 ? "" : `${[approach, setup].filter(Boolean).join(", ")}: ${words.join(" ")}`;
  });
  return [...new Set(lines)].filter(Boolean);
}

function listNotes(cells: readonly CellSummary[]): string[] {
  const sampled = cells.filter(({ askedAtEnd, acknowledged }) => askedAtEnd < acknowledged);
  const noisy = cells.reduce((sum, { noisyBlocks }) => sum + noisyBlocks, 0);
  const trials = cells.reduce((sum, { blocks }) => sum + blocks, 0);
  return [
    ...listSettings(cells),
    ...(cells.some(({ blocks }) => blocks < MIN_BLOCKS)
      ? [`Fewer than ${MIN_BLOCKS} blocks say too little about chance: no intervals, and no order.`]
      : []),
    ...(noisy === 0
      ? []
      : [
          `${noisy} of ${trials} trials met a noisy machine (fixed work took over ${CANARY_LIMIT} times as long as usual, ` +
            `a synced write over ${FSYNC_LIMIT} times, the hypervisor gave over ${STEAL_LIMIT * 100} % of a core to ` +
            `others, or others used over ${OTHERS_LIMIT * 100} % of all cores). They count.`,
        ]),
    "Asked at once: the users whom all other processes were asked for as soon as they were acknowledged, and every " +
      "process again at the end.",
    ...(sampled.length === 0
      ? []
      : [
          `At the end every process of ${sampled.map(({ cell }) => `"${cell}"`).join(", ")} was asked for as many as there ` +
            "was time for; the store itself was read for all.",
        ]),
  ];
}

function describeRule({ rule, supportedBy, contradictedBy, unsaid }: RuleOfThumb): string {
  const support = supportedBy.length === 0 ? "no row supports it" : `supported by ${supportedBy.join("; ")}`;
  const against = contradictedBy.length === 0 ? "" : `. Against it: ${contradictedBy.join("; ")}`;
  return `${rule}: ${support}${against}.${unsaid === "" ? "" : ` ${unsaid}.`}`;
}
