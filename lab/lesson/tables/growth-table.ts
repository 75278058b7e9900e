// How figures grow with the number of users: their exponents. Pure.
import { type Estimate, estimateMedian } from "../../measure/bootstrap.ts";
import { estimateExponent } from "../../measure/growth.ts";
import { formatMegabytes, formatMs } from "../../report/format.ts";
import { type Column, renderTable } from "../../report/table.ts";
import {
  approachesOf,
  blocksOf,
  cpuMicros,
  type Evidence,
  type Figure,
  p50Ms,
  sizesOf,
} from "../evidence.ts";
import type { Loaded } from "../experiments/loading.ts";
import { byRound } from "../lookup.ts";
import { nameWay } from "../turns.ts";
import { formatEstimate, formatFactor, nameSize } from "../words.ts";
import { LOADERS } from "./loading-table.ts";

interface Row {
  readonly name: string;
  /** Undefined where it makes no sense, null where it was not measured. */
  readonly exponents: readonly (Estimate | null | undefined)[];
}

const FIGURES: readonly (readonly [title: string, figure: Figure])[] = [
  ["latency (p50)", p50Ms],
  ["CPU/request", cpuMicros],
  ["memory", ({ serverRssBytes }) => serverRssBytes],
  ["ready in", ({ startupMs }) => startupMs],
];

/** Renders the exponents; null for a lesson of one size. */
export function renderGrowth(evidence: Evidence): string | null {
  const sizes = sizesOf(evidence);
  if (sizes.length < 2) return null;
  const ofApproach = (approach: string, figure: Figure) =>
    estimateExponent(new Map(sizes.map((size) => [size, blocksOf(evidence, approach, size, figure)])));
  const rows: Row[] = [
    ...approachesOf(evidence).map((approach) => ({
      name: approach,
      exponents: FIGURES.map(([, figure]) => ofApproach(approach, figure)),
    })),
    ...listAlone(evidence),
    ...listLoaders(evidence),
  ];
  const columns: Column<Row>[] = [
    { title: "approach", align: "left", cell: ({ name }) => name },
    ...FIGURES.map(([title], index) => ({
      title,
      align: "right" as const,
      cell: ({ exponents }: Row) => {
        const exponent = exponents[index];
        if (exponent === undefined) return "";
        return exponent === null ? "–" : formatEstimate(exponent, formatFactor);
      },
    })),
  ];
  const note =
    `Exponents of growth from ${nameSize(sizes[0] as number)} to ${nameSize(sizes.at(-1) as number)} users, fitted within ` +
    `blocks: 0 is flat, 1 is in proportion. Under the lessons' load, but for the rows "alone", the last record over one ` +
    `connection, and those of loaders, the load alone in a bare process. Memory and start of a service hold what it takes ` +
    `without any user, ${describeFloor(evidence, sizes[0] as number)}: what its users take grows with a higher exponent.`;
  return [renderTable(columns, rows), note].join("\n\n");
}

/** What a service takes that stores nothing. */
function describeFloor(evidence: Evidence, size: number): string {
  const of = (figure: Figure) => [...blocksOf(evidence, "baseline", size, figure).values()];
  const [memory, startup] = [of(({ serverRssBytes }) => serverRssBytes), of(({ startupMs }) => startupMs)];
  if (memory.length === 0) return "which baseline would show";
  const figures = [
    formatEstimate(estimateMedian(memory), formatMegabytes),
    formatEstimate(estimateMedian(startup), formatMs),
  ];
  return `of baseline ${figures.join(" and ")}`;
}

function listAlone({ experiments }: Evidence): Row[] {
  const alone = experiments["lone-request"];
  if (alone === undefined) return [];
  return ["linear", "map"].map((approach) => ({
    name: `${approach}, alone`,
    exponents: [
      estimateExponent(
        new Map(alone.sizes.map((size) => [size, byRound(alone.rounds, nameWay(approach, size))])),
      ),
    ],
  }));
}

function listLoaders({ experiments: { loading } }: Evidence): Row[] {
  if (loading === undefined) return [];
  return LOADERS.map(({ name, way }) => {
    const of = (figure: (loaded: Loaded) => number) =>
      estimateExponent(
        new Map(
          loading.sizes.map((size) => [
            size,
            new Map(
              loading.rounds.map((round, index) => [index, figure(round[nameWay(way, size)] as Loaded)]),
            ),
          ]),
        ),
      );
    return {
      name,
      exponents: [undefined, undefined, of(({ bytes }) => bytes), of(({ milliseconds }) => milliseconds)],
    };
  });
}
