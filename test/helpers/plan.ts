// Needs and results that nobody has, for tests of what is said of them.
import type { Measurement } from "../../lab/measure/measurement.ts";
import type { RunData } from "../../lab/measure/results.ts";
import { answer } from "../../lab/plan/answer.ts";
import { type Experiments, gatherEvidence } from "../../lab/plan/evidence.ts";
import type { Evidence } from "../../lab/plan/judge.ts";
import type { Need } from "../../lab/plan/need.ts";
import type { OrderRate, QuestionsRecord } from "../../lab/questions/record.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { Level } from "../../services/storage/user-store.ts";
import { environment, measurementWith } from "./measurements.ts";

export const needWith = (fields: Partial<Need> = {}): Need => ({
  users: 10_000,
  readsPerSecond: 100,
  writesPerSecond: 0,
  recordBytes: 164,
  memoryBytes: null,
  processes: "one",
  survives: "process",
  asks: ["key"],
  ...fields,
});

export const DAY = { requestsPerUserAndDay: 50, peakFactor: 5 };

export interface Cell extends Partial<Measurement> {
  /** Throughput of each block. */
  readonly rates: readonly number[];
}

/** A run of these cells, with records of 164 bytes, as the environment has them. */
export function runOf(
  cells: readonly Cell[],
  fields: Partial<RunData["environment"]> & { readonly durability?: Level } = {},
): RunData {
  const size = fields.size ?? environment.size;
  const measurements = cells.flatMap(({ rates, ...cell }) =>
    rates.map((requestsPerSecond, index) =>
      measurementWith({ requestsPerSecond, size, block: index + 1, ...cell }),
    ),
  );
  return {
    environment: { ...environment, blocks: 5, dataBytes: size * 164, ...fields, size },
    measurements: measurements.map((one, index) => ({ ...one, trial: index + 1 })),
    counts: null,
  };
}

/** Five blocks of the same. */
export const steady = (rate: number) => Array.from({ length: 5 }, () => rate);

export function evidenceOf(runs: readonly RunData[], experiments: Partial<Experiments> = {}): Evidence {
  return gatherEvidence(runs, { writers: [], crash: [], orders: [], memory: [], ...experiments });
}

/** Answers by the table of approaches. */
export function answerFor(need: Partial<Need>, evidence: Evidence) {
  const found = answer(needWith(need), DAY, approaches, evidence);
  const of = (name: string) => {
    const judgment = found.judgments.find(({ approach }) => approach === name);
    if (judgment === undefined) throw new Error(`${name} was not judged`);
    return judgment;
  };
  return { ...found, of };
}

export const rateWith = (fields: Partial<OrderRate>): OrderRate => ({
  ...{ approach: "sqlite-indexed", processes: 2, block: 1, orders: 50, windowMs: 500 },
  ...{ refused: 0, soldOut: 0, others: {}, durability: "power" },
  ...fields,
});
export const questionsWith = (
  rates: readonly OrderRate[],
  wrong: readonly string[] = [],
  approach = "sqlite-indexed",
): QuestionsRecord => ({
  inventory: {
    ...{ size: 1_000, connections: 50, seed: 1 },
    findings: [
      {
        ...{
          approach,
          processes: 2,
          must: "hold",
          stock: 200,
          acknowledged: 200,
          stored: 200,
        },
        ...{ amountLeft: 0, refused: 0, wrong: [...wrong], failures: [] },
      },
    ],
  },
  rates: [...rates],
  sources: {},
});
