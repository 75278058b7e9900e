// The tables of the questions: who answers what, how fast, at what cost, and who keeps the inventory. Pure.
import { questionWorkloads } from "../../k6/lib/workloads.ts";
import type { RunData } from "../measure/results.ts";
import { median } from "../measure/statistics.ts";
import { formatBytes, formatCount, formatMegabytes, formatMicros, formatMs } from "../report/format.ts";
import { type SummaryRow, summarize } from "../report/summary.ts";
import { type Column, renderTable } from "../report/table.ts";
import { type InventoryFinding, isAsExpected } from "./inventory.ts";
import type { OrderRate, QuestionsRecord } from "./record.ts";

/** Renders all of them as Markdown. */
export function renderQuestions(data: RunData, record: QuestionsRecord): string {
  const { environment, measurements } = data;
  const summaries = new Map(
    questionWorkloads.map((workload) => [workload as string, summarize(measurements, workload)]),
  );
  const find = (workload: string, approach: string) =>
    summaries.get(workload)?.find((row) => row.approach === approach && !row.isAgain);
  const approaches = environment.approaches;
  const byQuestion = (format: (row: SummaryRow) => string): Column<string>[] => [
    { title: "approach", align: "left", cell: (approach) => approach },
    ...questionWorkloads.map(
      (workload): Column<string> => ({
        title: workload,
        align: "right",
        cell: (approach) => formatCell(find(workload, approach), format),
      }),
    ),
  ];
  const costs: Column<string>[] = [
    { title: "approach", align: "left", cell: (approach) => approach },
    {
      title: "memory",
      align: "right",
      cell: (approach) => over(approach, "serverRssBytes", formatMegabytes),
    },
    { title: "ready in", align: "right", cell: (approach) => over(approach, "startupMs", formatMs) },
    {
      title: "data",
      align: "right",
      cell: (approach) => formatBytes(environment.stores[approach]?.dataBytes ?? 0),
    },
    { title: "lines", align: "right", cell: (approach) => formatLines(record, approach) },
  ];
  /** With orders, where it has some. */
  function over(approach: string, figure: "serverRssBytes" | "startupMs", format: (value: number) => string) {
    const row = find("orders-of-user", approach) ?? find("by-email", approach);
    return row === undefined || row.blocks === 0 ? "–" : format(row[figure].value);
  }
  return [
    `Requests per second, ${formatCount(environment.size)} users, ${environment.connections} connections; – does not answer:`,
    renderTable(
      byQuestion((row) => formatCount(row.requestsPerSecond.value)),
      approaches,
    ),
    "CPU time per request, of the service and its database:",
    renderTable(byQuestion(formatCpu), approaches),
    "What it takes (memory and start under orders-of-user; data without orders; lines of our own code for all questions, without comments):",
    renderTable(costs, approaches),
    `The inventory: ${record.inventory.connections} connections order the last ${record.inventory.findings[0]?.stock ?? 0} pieces of an item:`,
    renderTable(INVENTORY, record.inventory.findings),
    ...(record.rates.length === 0
      ? []
      : [
          "Orders per second of several processes together, of items of which there are enough (median of the blocks):",
          renderTable(RATES, [...Map.groupBy(record.rates, ({ approach }) => approach).values()]),
        ]),
  ].join("\n\n");
}

function formatCell(row: SummaryRow | undefined, format: (row: SummaryRow) => string): string {
  if (row === undefined) return "–";
  return row.blocks === 0 ? "failed" : format(row);
}

const formatCpu = ({ serverCpuMicrosPerRequest, databaseCpuMicrosPerRequest }: SummaryRow): string =>
  formatMicros(serverCpuMicrosPerRequest.value + (databaseCpuMicrosPerRequest?.value ?? 0));

function formatLines({ sources }: QuestionsRecord, approach: string): string {
  const files = sources[approach] ?? [];
  return files.length === 0 ? "" : String(files.reduce((sum, { lines }) => sum + lines, 0));
}

const INVENTORY: readonly Column<InventoryFinding>[] = [
  { title: "approach", align: "left", cell: ({ approach }) => approach },
  { title: "processes", align: "right", cell: ({ processes }) => String(processes) },
  { title: "answered 201", align: "right", cell: ({ acknowledged }) => String(acknowledged) },
  { title: "503", align: "right", cell: ({ refused }) => String(refused) },
  { title: "orders stored", align: "right", cell: ({ stored }) => String(stored) },
  { title: "left", align: "right", cell: ({ amountLeft }) => String(amountLeft) },
  { title: "verdict", align: "left", cell: describeFinding },
];

const RATES: readonly Column<readonly OrderRate[]>[] = [
  { title: "approach", align: "left", cell: ([one]) => one?.approach ?? "" },
  { title: "processes", align: "right", cell: ([one]) => String(one?.processes) },
  {
    title: "orders/s",
    align: "right",
    cell: (of) => formatCount(median(of.map(({ orders, windowMs }) => (orders / windowMs) * 1000))),
  },
  {
    title: "503",
    align: "right",
    cell: (of) => String(of.reduce((sum, { refused }) => sum + refused, 0)),
  },
  {
    title: "other answers",
    align: "left",
    cell: (of) => of.flatMap(({ others }) => Object.keys(others)).join(", "),
  },
];

function describeFinding(finding: InventoryFinding): string {
  const what = [...finding.failures, ...finding.wrong].join("; ") || "holds";
  if (!isAsExpected(finding)) return `**NOT AS EXPECTED**: ${what}`;
  if (finding.must === "either") return `${what} (nobody promises it)`;
  return finding.must === "fail" ? `${what} (a control, which must fail)` : what;
}
