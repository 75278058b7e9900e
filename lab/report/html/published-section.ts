// The figures that the lessons publish beside ours, and what Little's law says of them.
import {
  checkPublished,
  PUBLISHED_CONNECTIONS,
  type PublishedCheck,
  publishedFigures,
} from "../../measure/lessons.ts";
import { formatCount, formatMs, withMargin } from "../format.ts";
import type { SummaryRow } from "../summary.ts";
import type { Column } from "../table.ts";
import { renderDataTable } from "./data-table.ts";
import { html, type Markup } from "./markup.ts";
import type { Subject } from "./subject.ts";
import { formatRough } from "./words.ts";

/** Renders all published figures, ours beside those that were measured here. */
export function renderPublished(subjects: readonly Subject[]): Markup {
  const figures = checkPublished();
  const comparable = subjects.filter(
    ({ workload, size }) => Object.keys(publishedFigures(workload, size)).length > 0,
  );
  const ours = (figure: PublishedCheck) =>
    comparable
      .find(({ size }) => size === figure.size)
      ?.own.find(({ approach }) => approach === figure.approach);
  const unsound = figures.filter(({ isSound }) => !isSound);
  return html`<p>The lessons measured on a Mac mini with wrk, and do not say how many connections asked. By Little's law,
requests per second times the time that each takes are the connections that wait.</p>
${unsound.map((figure) => html`<p>${writeUnsound(figure, figures)}</p>`)}
${renderDataTable("the lessons' figures beside ours", listColumns(ours), figures)}`;
}

/** Says of a figure that cannot be right what it should be. */
function writeUnsound(figure: PublishedCheck, all: readonly PublishedCheck[]): string {
  const { approach, size, requestsPerSecond, latencyMs, busyConnections } = figure;
  const sound = all.filter(({ isSound }) => isSound).map((one) => one.busyConnections);
  const range = `${formatRough(Math.min(...sound))} to ${formatRough(Math.max(...sound))}`;
  const whole = formatMs((PUBLISHED_CONNECTIONS / requestsPerSecond) * 1000);
  return (
    `${approach} at ${formatCount(size)} users violates it: ${formatRough(requestsPerSecond)} requests per second of ` +
    `${formatMs(latencyMs)} each keep ${formatRough(busyConnections)} connections waiting, where all other figures of the ` +
    `lessons keep ${range}. With ${PUBLISHED_CONNECTIONS} connections each request takes ${whole}; requests that were cut ` +
    "off at the end are most likely not in the figure."
  );
}

function listColumns(ours: (figure: PublishedCheck) => SummaryRow | undefined): Column<PublishedCheck>[] {
  const column = (title: string, cell: (figure: PublishedCheck) => string): Column<PublishedCheck> => ({
    title,
    align: "right",
    cell,
  });
  const ofOurs = (title: string, cell: (row: SummaryRow) => string) =>
    column(title, (figure) => {
      const row = ours(figure);
      return row === undefined ? "" : cell(row);
    });
  return [
    { title: "approach", align: "left", cell: ({ approach }) => approach },
    column("users", ({ size }) => formatCount(size)),
    column("theirs: req/s", ({ requestsPerSecond }) => formatCount(requestsPerSecond)),
    column("mean latency", ({ latencyMs }) => formatMs(latencyMs)),
    column(`waiting, of ${PUBLISHED_CONNECTIONS}`, ({ busyConnections }) => formatRough(busyConnections)),
    { title: "Little's law", align: "left", cell: ({ isSound }) => (isSound ? "fits" : "violated") },
    ofOurs("here: req/s", (row) => withMargin(row.requestsPerSecond, formatCount)),
    ofOurs("mean latency", (row) => withMargin(row.latencyMs.mean, formatMs)),
  ];
}
