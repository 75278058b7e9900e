// The lessons' table: what they publish, and what was measured here. Pure.
import { approaches } from "../../../services/approaches/index.ts";
import type { Estimate } from "../../measure/bootstrap.ts";
import { checkPublished, PUBLISHED_CONNECTIONS, type PublishedCheck } from "../../measure/lessons.ts";
import type { RunData } from "../../measure/results.ts";
import { impliedColumn } from "../../report/comparison.ts";
import { formatCount, formatMs, formatRange } from "../../report/format.ts";
import { type SummaryRow, summarize } from "../../report/summary.ts";
import { type Column, renderTable } from "../../report/table.ts";
import { WORKLOAD } from "../evidence.ts";
import { nameSize } from "../words.ts";

interface Row {
  readonly size: number;
  readonly ours: SummaryRow;
  readonly theirs: PublishedCheck | undefined;
}

export function renderPublished(runs: readonly RunData[]): string {
  const published = checkPublished();
  const rows = runs.flatMap(({ environment: { size }, measurements }) =>
    summarize(measurements, WORKLOAD).map((ours) => ({
      size,
      ours,
      theirs: published.find((row) => row.approach === ours.approach && row.size === size),
    })),
  );
  const order = Object.keys(approaches);
  const place = ({ ours }: Row) => order.indexOf(ours.approach);
  const sorted = rows.sort((a, b) => place(a) - place(b) || a.size - b.size);
  return [renderTable(columns, sorted), ...describeUnsound(published)].join("\n\n");
}

const columns: readonly Column<Row>[] = [
  { title: "approach", align: "left", cell: ({ ours }) => ours.approach },
  { title: "users", align: "right", cell: ({ size }) => nameSize(size) },
  ...ofOurs("req/s", (row) => row.requestsPerSecond, formatCount),
  ofTheirs("the lesson's", ({ requestsPerSecond }) => formatCount(requestsPerSecond)),
  ...ofOurs("mean latency", (row) => row.latencyMs.mean, formatMs),
  ofTheirs("the lesson's", ({ latencyMs }) => formatMs(latencyMs)),
  ofTheirs(
    "busy",
    ({ busyConnections, isSound }) => `${Math.round(busyConnections)}${isSound ? "" : " (!)"}`,
  ),
  { ...impliedColumn, cell: ({ ours }) => impliedColumn.cell(ours) },
  { title: "limit", align: "left", cell: ({ ours }) => ours.verdicts.join(", ") || "invalid" },
];

function ofOurs(
  title: string,
  figure: (row: SummaryRow) => Estimate,
  format: (value: number) => string,
): Column<Row>[] {
  const cell = (write: (estimate: Estimate) => string) => (row: Row) =>
    row.ours.blocks === 0 ? "–" : write(figure(row.ours));
  return [
    { title, align: "right", cell: cell(({ value }) => format(value)) },
    { title: "95 % interval", align: "right", cell: cell((estimate) => formatRange(estimate, format)) },
  ];
}

function ofTheirs(title: string, write: (row: PublishedCheck) => string): Column<Row> {
  return { title, align: "right", cell: ({ theirs }) => (theirs === undefined ? "–" : write(theirs)) };
}

/** Says which published figures contradict themselves, and what their column of connections is. */
function describeUnsound(published: readonly PublishedCheck[]): string[] {
  const unsound = published.filter(({ isSound }) => !isSound);
  return [
    `busy: how many connections the published figures keep waiting, by Little's law (throughput times latency). The load ` +
      `is not stated; it is ${PUBLISHED_CONNECTIONS} connections in every row but those named here.`,
    ...unsound.map(
      ({ approach, size, requestsPerSecond, latencyMs, busyConnections }) =>
        `(!) ${approach} at ${nameSize(size)}, as published, violates Little's law: ${formatCount(requestsPerSecond)} req/s ` +
        `and ${formatMs(latencyMs)} keep ${formatCount(busyConnections)} of ${PUBLISHED_CONNECTIONS} connections busy, and at ` +
        `${formatCount(requestsPerSecond)} req/s each would wait ${formatMs((PUBLISHED_CONNECTIONS / requestsPerSecond) * 1000)}. ` +
        `Requests that were cut off at the end are not in such a latency.`,
    ),
  ];
}
