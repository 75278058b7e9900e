// What every part of the experiment is given: the data, a target, who may stop it.
import type { Approach } from "../../services/approaches/approach.ts";
import { layOutData, type TrialData } from "../measure/trial-data.ts";
import type { GroupTarget, ServiceGroup } from "../targets/service-group.ts";
import type { Store } from "./stored-users.ts";

/** How long an answer is waited for: longer than SQLite waits for a lock. */
export const WAIT_LIMIT_MS = 30_000;

export interface Stage {
  readonly dataRoot: string;
  /** Seeded users in every store. */
  readonly size: number;
  readonly dataSeed: number;
  readonly target: GroupTarget;
  /** Connections of all posts together. */
  readonly connections: number;
  /** How long something is measured. */
  readonly durationMs: number;
  /** How long all processes are asked for everything at the end: a linear scan could take hours. */
  readonly readAllLimitMs: number;
  readonly signal: AbortSignal;
}

/** An approach on a copy of its data. */
export interface WritableData extends TrialData, Store {
  /** Starts services on it. */
  readonly startGroup: (order: {
    readonly processes: number;
    readonly areThreads?: boolean;
    readonly settings?: Readonly<Record<string, string>>;
  }) => Promise<ServiceGroup>;
}

/** Copies the data of an approach; the copy is gone when this is disposed of.
 * @param workload what is to be written */
export async function copyData(
  stage: Stage,
  approach: string,
  row: Approach,
  workload: "create" | "order" = "create",
): Promise<WritableData> {
  const { target, signal } = stage;
  const data = await layOutData(stage, { approach, row, workload });
  const { dataDir, database } = data;
  return {
    ...data,
    needs: row.needs,
    load: row.load,
    databaseUrl: database === undefined ? undefined : target.database?.urlOf(database),
    startGroup: ({ processes, areThreads = false, settings = {} }) =>
      target.startGroup({
        ...{ approach, approachFile: row.file?.path, dataDir, database, signal },
        ...{ processes, areThreads, settings },
      }),
  };
}
