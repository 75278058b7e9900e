// The experiments of a lesson, in the order in which they are made.
import type { Experiment } from "./experiment.ts";
import { heldDescriptors } from "./experiments/held-descriptors.ts";
import { hotPages } from "./experiments/hot-pages.ts";
import { importing } from "./experiments/importing.ts";
import { indexReads } from "./experiments/index-reads.ts";
import { loading } from "./experiments/loading.ts";
import { loneRequest } from "./experiments/lone-request.ts";
import { missingKey } from "./experiments/missing-key.ts";
import { preparedStatement } from "./experiments/prepared-statement.ts";
import { roundTrip } from "./experiments/round-trip.ts";
import { scanParts } from "./experiments/scan-parts.ts";

export const experiments = {
  "lone-request": loneRequest,
  "scan-parts": scanParts,
  "index-reads": indexReads,
  "hot-pages": hotPages,
  "held-descriptors": heldDescriptors,
  "prepared-statement": preparedStatement,
  "missing-key": missingKey,
  "round-trip": roundTrip,
  loading,
  importing,
} as const;

export type ExperimentName = keyof typeof experiments;

/** What each experiment found, by its name. */
export type ExperimentResults = {
  readonly [Name in ExperimentName]: (typeof experiments)[Name] extends Experiment<infer Result>
    ? Result
    : never;
};
