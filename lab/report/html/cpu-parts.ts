// CPU time per request taken apart into HTTP, store and database. Pure.
import { type Estimate, estimateMedian } from "../../measure/bootstrap.ts";
import { subtractWithinBlocks } from "../../measure/difference.ts";
import { byBlock, type Subject, storesUsers } from "./subject.ts";

/** CPU microseconds per request of one approach. */
export interface CpuParts {
  readonly approach: string;
  /** What HTTP alone costs: the service that stores nothing, in the same run. Null where none was measured. */
  readonly http: Estimate | null;
  /** What the service costs beyond that, the median of the differences within blocks: below zero where the store costs less
   * than chance makes of HTTP. Null for the service that stores nothing, and where none was measured. */
  readonly store: Estimate | null;
  readonly service: Estimate;
  readonly database: Estimate | null;
  /** Service and database. */
  readonly total: Estimate;
}

/** Takes the CPU time of the approaches of a subject apart, the cheapest first. */
export function takeApart(subject: Subject): CpuParts[] {
  const alone = subject.own.find((row) => !storesUsers(row));
  const serviceCpu = (approach: string) =>
    byBlock(subject, approach, (trial) => trial.serverCpuMicrosPerRequest);
  const parts = subject.own.map((row): CpuParts => {
    const { approach, serverCpuMicrosPerRequest: service, databaseCpuMicrosPerRequest: database } = row;
    const totals = byBlock(
      subject,
      approach,
      (trial) => trial.serverCpuMicrosPerRequest + (trial.databaseCpuMicrosPerRequest ?? 0),
    );
    return {
      approach,
      http: alone?.serverCpuMicrosPerRequest ?? null,
      store:
        alone === undefined || row === alone
          ? null
          : subtractWithinBlocks(serviceCpu(approach), serviceCpu(alone.approach)),
      service,
      database,
      total: estimateMedian([...totals.values()]),
    };
  });
  return parts.sort((a, b) => a.total.value - b.total.value);
}

/** Lengths of a bar's parts: HTTP, store, database. They add up to the medians of service and database, and none is
 * below zero. */
export function partLengths({ http, service, database }: CpuParts): [number, number, number | null] {
  const first = Math.min(http?.value ?? 0, service.value);
  return [first, service.value - first, database?.value ?? null];
}
