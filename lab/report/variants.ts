// Each variant beside the approach that it is another form of: what the idea costs, and what the code. Pure.
import { approaches } from "../../services/approaches/index.ts";
import type { Estimate } from "../measure/bootstrap.ts";
import { type ByBlock, compareWithinBlocks, subtractWithinBlocks } from "../measure/difference.ts";
import type { Measurement } from "../measure/measurement.ts";
import { listPairs, type Pair } from "../variants/pairs.ts";
import { formatMicros, formatRange, formatRatio } from "./format.ts";
import type { Column } from "./table.ts";

export interface VariantRow extends Pair {
  readonly workload: string;
  /** The variant's over the lesson's form's. */
  readonly throughput: Estimate;
  readonly memory: Estimate;
  readonly startup: Estimate;
  /** CPU microseconds of a request, beyond those of HTTP alone: the variant's. Null where no approach without a store was
   * measured. */
  readonly ideaMicros: Estimate | null;
  /** CPU microseconds that the lesson's form takes beyond the variant's. */
  readonly codeMicros: Estimate | null;
}

export const VARIANTS_TITLE = "The same idea, in another form";
export const EXPLAINED =
  "What the idea costs is the CPU time of a request to the variant beyond that to an approach that stores nothing; what the " +
  "code costs is what the lesson's form takes beyond the variant. Ratios and differences within blocks, with their 95 % intervals; " +
  "docs/VARIANTS.md says what each variant does.";

/** Compares the variants of one run with those of their lessons' forms that were measured beside them, under a closed load. */
export function compareVariants(measurements: readonly Measurement[]): VariantRow[] {
  const good = measurements.filter(
    ({ error, load, isAgain }) => error === undefined && load === "closed" && !isAgain,
  );
  const byWorkload = Map.groupBy(good, ({ workload }) => workload);
  return [...byWorkload].flatMap(([workload, trials]) => {
    const measured = Object.entries(approaches).filter(([name]) =>
      trials.some(({ approach }) => approach === name),
    );
    const without = trials.find(({ storesNothing }) => storesNothing)?.approach;
    return listPairs(Object.fromEntries(measured)).map((pair) => ({
      ...pair,
      workload,
      ...comparePair(trials, pair, without),
    }));
  });
}

function comparePair(trials: readonly Measurement[], { variant, of }: Pair, without: string | undefined) {
  const byBlock = (name: string | undefined, read: (trial: Measurement) => number): ByBlock =>
    new Map(trials.filter(({ approach }) => approach === name).map((trial) => [trial.block, read(trial)]));
  const ratio = (read: (trial: Measurement) => number) =>
    compareWithinBlocks(byBlock(variant, read), byBlock(of, read)).ratio;
  return {
    throughput: ratio(({ requestsPerSecond }) => requestsPerSecond),
    memory: ratio(({ serverRssBytes }) => serverRssBytes),
    startup: ratio(({ startupMs }) => startupMs),
    ideaMicros: subtractWithinBlocks(byBlock(variant, cpuMicros), byBlock(without, cpuMicros)),
    codeMicros: subtractWithinBlocks(byBlock(of, cpuMicros), byBlock(variant, cpuMicros)),
  };
}

const cpuMicros = ({ serverCpuMicrosPerRequest, databaseCpuMicrosPerRequest = 0 }: Measurement) =>
  serverCpuMicrosPerRequest + databaseCpuMicrosPerRequest;

export const variantColumns: readonly Column<VariantRow>[] = [
  { title: "workload", align: "left", cell: ({ workload }) => workload },
  { title: "variant", align: "left", cell: ({ variant }) => variant },
  { title: "of", align: "left", cell: ({ of }) => of },
  figure("req/s", ({ throughput }) => withRange(throughput, formatTimes)),
  figure("the idea costs", ({ ideaMicros }) => (ideaMicros ? withRange(ideaMicros, formatSigned) : "–")),
  figure("the code costs", ({ codeMicros }) => (codeMicros ? withRange(codeMicros, formatSigned) : "–")),
  figure("memory", ({ memory }) => withRange(memory, formatTimes)),
  figure("ready in", ({ startup }) => withRange(startup, formatTimes)),
];

function figure(title: string, cell: Column<VariantRow>["cell"]): Column<VariantRow> {
  return { title, align: "right", cell };
}

function withRange(figure: Estimate, format: (value: number) => string): string {
  if (Number.isNaN(figure.value)) return "–";
  const range = formatRange(figure, format);
  return range === "" ? format(figure.value) : `${format(figure.value)} (${range})`;
}

const formatTimes = (ratio: number) => `× ${formatRatio(ratio)}`;
const formatSigned = (micros: number) => (micros < 0 ? `−${formatMicros(-micros)}` : formatMicros(micros));
