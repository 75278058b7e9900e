// What a request costs: CPU time taken apart, memory, time to start.
import { cpuColumn, nameColumn, spaceColumns, survivesColumn } from "../comparison.ts";
import { formatMicros, formatRange } from "../format.ts";
import type { SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import { type CpuParts, partLengths, takeApart } from "./cpu-parts.ts";
import { renderDataTable } from "./data-table.ts";
import { renderFigure } from "./figure.ts";
import type { Markup } from "./markup.ts";
import { drawStacks, findCut, PART_LOOKS } from "./stacked-chart.ts";
import { nameSubject, type Subject } from "./subject.ts";
import { formatRough, joinWords, writeEstimate } from "./words.ts";

const MEANINGS = [
  "HTTP: what the service that stores nothing costs",
  "store: what the service costs beyond that",
  "database: the server's processes",
] as const;

/** Renders what a request costs under one workload, of approaches with a good trial. */
export function renderCostFigure(subject: Subject): Markup {
  const parts = takeApart(subject);
  const cut =
    findCut(parts.map(({ total }) => total.value)) === null ? "" : " A bar that is cut is far longer.";
  const isApart = parts.some(({ http }) => http !== null);
  return renderFigure({
    id: `cost-${subject.id}`,
    finding: writeCost(parts),
    legend:
      `CPU time per request, medians over the blocks; the thin line is the 95 % interval of the whole.${cut} ` +
      (isApart ? "" : "Nothing was measured that stores nothing, so HTTP is not taken apart."),
    key: PART_LOOKS.flatMap(({ className }, part) =>
      parts.some((of) => (partLengths(of)[part] ?? 0) > 0)
        ? [{ className, meaning: MEANINGS[part] as string }]
        : [],
    ),
    description: parts.map(describe).join("; "),
    draw: drawStacks(
      parts.map((of) => ({ name: of.approach, parts: partLengths(of), total: of.total })),
      { label: "CPU time per request", format: formatMicros },
    ),
    table: renderDataTable(
      `what a request costs, ${nameSubject(subject)}`,
      listColumns(parts, subject.writes),
      subject.rows,
    ),
  });
}

/** "HTTP is most of the CPU time of map and sqlite, and 0.29 % of that of linear". */
export function writeCost(parts: readonly CpuParts[]): string {
  const stores = parts.filter(({ store }) => store !== null);
  const [cheapest, costliest] = [parts[0], parts.at(-1)];
  if (cheapest === undefined || costliest === undefined) return "Nothing was measured";
  if (stores.length === 0 || costliest.http === null)
    return [cheapest, ...(costliest === cheapest ? [] : [costliest])]
      .map(({ approach, total }) => `a request to ${approach} costs ${writeEstimate(total, formatMicros)}`)
      .join("; ");
  const shareOf = ({ http, total }: CpuParts) => Math.min(1, (http?.value ?? 0) / total.value);
  const mostly = stores.filter((of) => shareOf(of) > 0.5).map(({ approach }) => approach);
  const rest = `${formatRough(shareOf(costliest) * 100)} % of that of ${costliest.approach}`;
  if (mostly.length === 0) return `HTTP is nowhere most of the CPU time: ${rest}`;
  const most = `HTTP is most of the CPU time of ${joinWords(mostly)}`;
  return mostly.includes(costliest.approach) ? most : `${most}, and ${rest}`;
}

function describe({ approach, http, store, database, total }: CpuParts): string {
  const named = [
    ...(store === null || http === null
      ? []
      : [`HTTP ${formatMicros(http.value)}`, `store ${formatSigned(store.value)}`]),
    ...(database === null ? [] : [`database ${formatMicros(database.value)}`]),
  ];
  return `${approach} ${writeEstimate(total, formatMicros)}${named.length === 0 ? "" : `: ${named.join(", ")}`}`;
}

function listColumns(parts: readonly CpuParts[], writes: boolean): Column<SummaryRow>[] {
  const byApproach = new Map(parts.map((of) => [of.approach, of]));
  const partsOf = ({ approach, isAgain }: SummaryRow) => (isAgain ? undefined : byApproach.get(approach));
  return [
    nameColumn,
    cpuColumn,
    {
      title: "of it the store",
      align: "right",
      cell: (row) => {
        const store = partsOf(row)?.store ?? null;
        if (store === null) return "";
        const range = formatRange(store, formatSigned);
        return `${formatSigned(store.value)}${range && ` (${range})`}`;
      },
    },
    ...spaceColumns,
    ...(writes ? [survivesColumn] : []),
  ];
}

/** A difference may be below zero. */
function formatSigned(micros: number): string {
  return micros < 0 ? `−${formatMicros(-micros)}` : formatMicros(micros);
}
