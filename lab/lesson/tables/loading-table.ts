// What starting, loading and importing cost. Pure.

import type { Estimate } from "../../measure/bootstrap.ts";
import { estimateMedian } from "../../measure/bootstrap.ts";
import { formatMargin, formatMegabytes, formatMicros, formatMs } from "../../report/format.ts";
import { type Column, renderTable } from "../../report/table.ts";
import { approachesOf, blocksOf, type Evidence, type Figure, sizesOf } from "../evidence.ts";
import type { Loaded, LoadingWay } from "../experiments/loading.ts";
import { overRounds } from "../lookup.ts";
import { nameWay } from "../turns.ts";
import { formatEstimate, nameSize } from "../words.ts";

export const LOADERS: readonly { readonly name: string; readonly way: LoadingWay }[] = [
  { name: "map's loader", way: "ours" },
  { name: "the lesson's loader", way: "lesson" },
];

interface Row {
  readonly name: string;
  /** Time in milliseconds and memory in bytes, by size; null where there is none. */
  readonly bySize: ReadonlyMap<number, { readonly time: Estimate | null; readonly memory: Estimate | null }>;
}

/** Renders what it takes until a service is ready, and how much memory it then has, at each size. */
export function renderLoading(evidence: Evidence): string {
  const sizes = sizesOf(evidence);
  const median = (approach: string, size: number, figure: Figure) => {
    const values = [...blocksOf(evidence, approach, size, figure).values()];
    return values.length === 0 ? null : estimateMedian(values);
  };
  const ofServices = approachesOf(evidence).map((approach) => ({
    name: approach,
    bySize: new Map(
      sizes.map((size) => [
        size,
        {
          time: median(approach, size, ({ startupMs }) => startupMs),
          memory: median(approach, size, ({ serverRssBytes }) => serverRssBytes),
        },
      ]),
    ),
  }));
  const columns: Column<Row>[] = [
    { title: "service", align: "left", cell: ({ name }) => name },
    ...sizes.flatMap((size) => [
      column(`${nameSize(size)}: ready in`, (row) => row.bySize.get(size)?.time, formatMs),
      column("memory", (row) => row.bySize.get(size)?.memory, formatMegabytes),
    ]),
  ];
  const note =
    "Ready in: from the start of the process to its first healthy answer. Memory of the service after its window. " +
    "The rows of loaders are the load alone, in a bare process, and the memory that came with it.";
  return [renderTable(columns, [...ofServices, ...listLoaders(evidence)]), note].join("\n\n");
}

function column(
  title: string,
  figure: (row: Row) => Estimate | null | undefined,
  format: (value: number) => string,
): Column<Row> {
  return {
    title,
    align: "right",
    cell: (row) => {
      const estimate = figure(row);
      return estimate ? [format(estimate.value), formatMargin(estimate)].filter(Boolean).join(" ") : "–";
    },
  };
}

function listLoaders({ experiments: { loading } }: Evidence): Row[] {
  if (loading === undefined) return [];
  return LOADERS.map(({ name, way }) => {
    const of = (size: number, figure: (loaded: Loaded) => number) =>
      overRounds(loading.rounds, (round) => figure(round[nameWay(way, size)] as Loaded));
    const bySize = loading.sizes.map((size) => {
      const time = of(size, ({ milliseconds }) => milliseconds);
      return [size, { time, memory: of(size, ({ bytes }) => bytes) }] as const;
    });
    return { name, bySize: new Map(bySize) };
  });
}

/** Renders what importing costs; null when it was not measured. */
export function renderImports({ experiments: { importing } }: Evidence): string | null {
  if (importing === undefined) return null;
  const { size, sampleRows, rounds } = importing;
  const ways = [
    ["in one transaction, the lesson's way", "lesson"],
    ["in one transaction, ours", "ours"],
    [`row by row, each synced (samples of up to ${sampleRows}, extrapolated)`, "row by row"],
  ] as const;
  const columns: Column<(typeof ways)[number]>[] = [
    { title: "import into SQLite", align: "left", cell: ([name]) => name },
    {
      title: "a row",
      align: "right",
      cell: ([, way]) =>
        formatEstimate(
          overRounds(rounds, (round) => round[way]),
          (ms) => formatMicros(ms * 1000),
        ),
    },
    {
      title: `${nameSize(size)} rows`,
      align: "right",
      cell: ([, way]) =>
        formatEstimate(
          overRounds(rounds, (round) => round[way] * size),
          formatMs,
        ),
    },
  ];
  return renderTable(columns, ways);
}
