// Figures against the number of users: one chart and one table per figure.

import { formatCount, withMargin } from "../format.ts";
import type { Column } from "../table.ts";
import type { ApproachMarks } from "./approach-marks.ts";
import { makeLogAxis } from "./axis.ts";
import { renderDataTable } from "./data-table.ts";
import { renderFigure } from "./figure.ts";
import { type Grown, type GrowthRow, listGrowth, writeGrowth } from "./growth.ts";
import { drawLines } from "./line-chart.ts";
import type { Markup } from "./markup.ts";
import type { Subject } from "./subject.ts";
import { capitalise, formatRough, writeEstimate } from "./words.ts";

const FLOOR =
  " It is of all that the service takes, with what it takes without any user, as baseline does: what its users take grows with a higher one.";

/** Renders one figure of one workload against size. @param subjects the workload at two sizes or more, smallest first */
export function renderGrowth(grown: Grown, subjects: readonly Subject[], marks: ApproachMarks): Markup {
  const rows = listGrowth(grown, subjects);
  const sizes = subjects.map(({ size }) => size);
  const name = `${grown.name} against the number of users, ${subjects[0]?.workload}`;
  return renderFigure({
    id: `growth-${grown.key}-${subjects[0]?.workload}`,
    finding: writeGrowth(grown, rows, sizes),
    legend: `${capitalise(grown.name)} under ${subjects[0]?.workload} against the number of users, both on log axes; bars are 95 % intervals. The exponent says how steep a line is: 0 is flat, 1 in proportion.${grown.hasFloor ? FLOOR : ""}`,
    description: rows
      .map(
        ({ approach, points }) =>
          `${approach}: ${points.map(({ size, estimate }) => `${writeEstimate(estimate, grown.format)} at ${formatCount(size)} users`).join(", ")}`,
      )
      .join("; "),
    draw: drawLines(
      rows.map(({ approach, points }) => ({
        name: approach,
        mark: marks(approach),
        points: points.map(({ size, estimate }) => ({ x: size, y: estimate, isFigure: true })),
      })),
      {
        namesAt: "end",
        x: { axis: { ...makeLogAxis(sizes), ticks: sizes }, label: "users", format: formatSize },
        y: { label: grown.name, format: grown.format },
      },
    ),
    table: renderDataTable(name, listColumns(grown, sizes), rows),
  });
}

function listColumns(grown: Grown, sizes: readonly number[]): Column<GrowthRow>[] {
  return [
    { title: "approach", align: "left", cell: ({ approach }) => approach },
    ...sizes.map(
      (size): Column<GrowthRow> => ({
        title: `${formatCount(size)} users`,
        align: "right",
        cell: ({ points }) => {
          const point = points.find((candidate) => candidate.size === size);
          return point === undefined ? "–" : withMargin(point.estimate, grown.format);
        },
      }),
    ),
    {
      title: "exponent",
      align: "right",
      cell: ({ exponent }) => (exponent === null ? "" : writeEstimate(exponent, formatExponent)),
    },
    {
      title: "largest / smallest",
      align: "right",
      cell: ({ change }) => {
        if (change === null) return "";
        return writeEstimate(change.ratio, formatRough);
      },
    },
  ];
}

/** 10k, 1M: what fits below a chart on a telephone. */
function formatSize(size: number): string {
  return new Intl.NumberFormat("en-US", { notation: "compact" }).format(size).replace("K", "k");
}

function formatExponent(exponent: number): string {
  return exponent.toFixed(2).replace("-0.00", "0.00").replace("-", "−");
}
