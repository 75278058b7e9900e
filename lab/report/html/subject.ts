// What the sections of the page are about: one workload at one size, summarised once.
import { type Workload, workloads } from "../../../k6/lib/workloads.ts";
import { type ByBlock, compareWithinBlocks, type Difference } from "../../measure/difference.ts";
import type { Measurement } from "../../measure/measurement.ts";
import type { RunData } from "../../measure/results.ts";
import { formatCount } from "../format.ts";
import { workloadsOf } from "../report.ts";
import { type OpenRow, type SummaryRow, summarize, summarizeOpen } from "../summary.ts";

export interface Subject {
  /** For ids on the page. */
  readonly id: string;
  readonly run: RunData;
  readonly size: number;
  readonly workload: string;
  readonly description: string;
  readonly writes: boolean;
  /** Closed load, the fastest first, with the trials that were made again as rows of their own. */
  readonly rows: readonly SummaryRow[];
  /** Those of the rows that can be compared: of the run's own generator, with a good trial. */
  readonly own: readonly SummaryRow[];
  readonly open: readonly OpenRow[];
}

/** Lists the workloads of all runs, in their order. */
export function listSubjects(runs: readonly RunData[]): Subject[] {
  return runs.flatMap((run, index) =>
    workloadsOf(run.measurements).map((workload) => {
      const { description, writes } = (workloads as Record<string, Workload>)[workload] as Workload;
      const rows = summarize(run.measurements, workload);
      return {
        id: `${index + 1}-${workload}`,
        run,
        size: run.environment.size,
        workload,
        description,
        writes,
        rows,
        own: rows.filter((row) => !row.isAgain && row.blocks > 0),
        open: summarizeOpen(run.measurements, workload),
      };
    }),
  );
}

/** "read, 10,000 users". */
export function nameSubject({ workload, size }: Subject): string {
  return `${workload}, ${formatCount(size)} users`;
}

/** What is asked of a service under this workload: a workload that does not write only reads. */
export function nameRequests({ writes }: Subject): string {
  return writes ? "requests" : "reads";
}

/** Whether an approach keeps users, as its trials say: one that is not of this project may have any name. */
export function storesUsers({ storesNothing }: Pick<SummaryRow, "storesNothing">): boolean {
  return !storesNothing;
}

/** Returns the good trials of an approach by the run's own generator under a closed load. */
export function ownTrials({ run, workload }: Subject, approach: string): Measurement[] {
  return run.measurements.filter(
    (trial) =>
      trial.approach === approach &&
      trial.workload === workload &&
      trial.load === "closed" &&
      !trial.isAgain &&
      trial.error === undefined,
  );
}

/** Returns one figure of the own trials of an approach, by block. */
export function byBlock(subject: Subject, approach: string, read: (trial: Measurement) => number): ByBlock {
  return new Map(ownTrials(subject, approach).map((trial) => [trial.block, read(trial)]));
}

/** Compares the throughput of two approaches within the blocks of a run. */
export function compareThroughput(subject: Subject, first: string, second: string): Difference {
  const throughputOf = (approach: string) => byBlock(subject, approach, (trial) => trial.requestsPerSecond);
  return compareWithinBlocks(throughputOf(first), throughputOf(second));
}
