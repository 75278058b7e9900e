// A person's own records as the data of a bench.
import { join } from "node:path";
import type { WorkloadName } from "../k6/lib/workloads.ts";
import { describeOwnRecords, findRefusal, type OwnRecords } from "../lab/data/own-records.ts";
import type { Approaches } from "../services/approaches/approach.ts";
import { type BenchOptions, benchCommand } from "./bench-options.ts";
import { UsageError } from "./run-command.ts";

/** Workloads whose right answers follow from the stored records alone. */
const ASKED: readonly WorkloadName[] = ["read", "create", "mixed", "miss", "last"];

/** What is measured of whom. */
export interface BenchData {
  readonly approaches: Approaches;
  /** Folder of the prepared data: each file of records has one of its own. */
  readonly dataRoot: string;
  readonly records?: OwnRecords;
}

/**
 * Reads and checks the records that the options name, and leaves out the approaches that cannot take them.
 * @throws UsageError for options that do not go together with records, and where no approach is left
 */
export async function readBenchData(options: BenchOptions, asked: Approaches): Promise<BenchData> {
  const { records: file, key, data } = options;
  if (file === undefined) {
    if (benchCommand.getOptionValueSource("key") === "cli")
      throw new UsageError("--key is a field of --records, which is missing");
    return { approaches: asked, dataRoot: data };
  }
  assertFits(options);
  const described = await describeOwnRecords(file, key);
  const refusals = Object.fromEntries(
    Object.entries(asked).flatMap(([name, row]) => {
      const refusal = findRefusal(row, described);
      return refusal === null ? [] : [[name, refusal]];
    }),
  );
  for (const [name, why] of Object.entries(refusals)) console.error(`note: ${name} is left out: ${why}`);
  const approaches = Object.fromEntries(Object.entries(asked).filter(([name]) => !(name in refusals)));
  if (Object.keys(approaches).length === 0)
    throw new UsageError(`--approaches: none can take the records of ${file}`);
  const dataRoot = join(data, "own", described.sha256.slice(0, 12));
  return { approaches, dataRoot, records: { ...described, refusals } };
}

function assertFits({ mode, workloads: asked }: BenchOptions): void {
  if (mode !== "native")
    throw new UsageError("--records: no container has such a file; leave out --mode docker");
  for (const name of ["size", "dataSeed"])
    if (benchCommand.getOptionValueSource(name) !== "default")
      throw new UsageError(
        `--${name === "size" ? "size" : "data-seed"}: --records says how many there are, and which; leave it out`,
      );
  const unasked = asked.find((name) => !ASKED.includes(name));
  if (unasked !== undefined)
    throw new UsageError(
      `--workloads: ${unasked} asks for what only the lab's own users have; expected some of ${ASKED.join(", ")}`,
    );
}
