// The figures that the course publishes beside ours, and what Little's law says of them.
import { type CheckedFigure, checkPublished, PUBLISHED_CONNECTIONS } from "../../measure/lessons.ts";
import { withMargin } from "../comparison.ts";
import { formatCount, formatMs } from "../format.ts";
import type { SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import { renderDataTable } from "./data-table.ts";
import { html, type Markup } from "./markup.ts";
import type { Subject } from "./subject.ts";
import { formatRough } from "./words.ts";

/** Renders all published figures, ours beside those that were measured here. */
export function renderPublished(subjects: readonly Subject[]): Markup {
  const figures = checkPublished();
  const ours = (figure: CheckedFigure) =>
    subjects
      .find(({ size, workload }) => size === figure.size && workload === figure.workload)
      ?.own.find(({ approach }) => approach === figure.approach);
  return html`<p>The course measured on a Mac mini with wrk, and does not say how many connections asked. By Little's law,
requests per second times the time that each takes are the connections that wait.
${figures.filter(({ finding }) => finding !== "fits").map(writeMisfit)}</p>
${renderDataTable("the course's figures beside ours", listColumns(ours), figures)}`;
}

/** "linear at 1,000,000 users does not fit: …". */
function writeMisfit({
  approach,
  size,
  requestsPerSecond,
  latencyMs,
  busyConnections,
  finding,
}: CheckedFigure): string {
  const fitting = checkPublished()
    .filter((figure) => figure.finding === "fits")
    .map((figure) => figure.busyConnections);
  const range = `${formatRough(Math.min(...fitting))} to ${formatRough(Math.max(...fitting))}`;
  const law = `${formatCount(requestsPerSecond)} requests per second of ${formatMs(latencyMs)} each keep ${formatRough(busyConnections)} connections waiting`;
  const whole = formatMs((PUBLISHED_CONNECTIONS / requestsPerSecond) * 1000);
  const why =
    finding === "too few"
      ? `With ${PUBLISHED_CONNECTIONS} connections, each request takes ${whole}: requests that were cut off at the end are most likely not in the figure.`
      : `With ${PUBLISHED_CONNECTIONS} connections, each request takes ${whole}.`;
  return `${approach} at ${formatCount(size)} users violates it: ${law}, where all other figures of the course keep ${range}. ${why} `;
}

function listColumns(ours: (figure: CheckedFigure) => SummaryRow | undefined): Column<CheckedFigure>[] {
  const column = (title: string, cell: (figure: CheckedFigure) => string): Column<CheckedFigure> => ({
    title,
    align: "right",
    cell,
  });
  return [
    { title: "approach", align: "left", cell: ({ approach }) => approach },
    column("users", ({ size }) => formatCount(size)),
    column("course: req/s", ({ requestsPerSecond }) => formatCount(requestsPerSecond)),
    column("latency", ({ latencyMs }) => formatMs(latencyMs)),
    column(`waiting, of ${PUBLISHED_CONNECTIONS}`, ({ busyConnections }) => formatRough(busyConnections)),
    {
      title: "Little's law",
      align: "left",
      cell: ({ finding }) => (finding === "fits" ? "fits" : `violated: ${finding}`),
    },
    column("here: req/s", (figure) => {
      const row = ours(figure);
      return row === undefined ? "" : withMargin(row.requestsPerSecond, formatCount);
    }),
    column("p50", (figure) => {
      const row = ours(figure);
      return row === undefined ? "" : withMargin(row.latencyMs.p50, formatMs);
    }),
  ];
}
