// What an attack is: something that is done to a running service, and what is wrong with it then or afterwards.
import type { Approach } from "../../services/approaches/approach.ts";
import type { Must, Stage } from "../crash/experiment.ts";
import type { Target } from "./target.ts";

/** What an attack has seen by itself. What every service must do after an attack is looked at by who makes it. */
export interface Sight {
  /** What should not have been, in a few words each. */
  readonly wrong: readonly string[];
  /** In words. */
  readonly measured: string;
  /** The figures behind the words, by name with its unit last. */
  readonly figures: Readonly<Record<string, number>>;
  /** Ids of the users that it was told were stored. */
  readonly acknowledged: readonly string[];
}

export interface Attack {
  readonly name: string;
  /** What is done, in one line. */
  readonly summary: string;
  /** Says why a row cannot be attacked so here; null when it can. */
  readonly findLack: (
    row: Approach,
    stage: Pick<Stage, "isFull" | "folder">,
  ) => string | null | Promise<string | null>;
  /** Whether the row is attacked so at all. */
  readonly concerns: (row: Approach) => boolean;
  /** Whether the service must stand it, or it is only shown what became of it. */
  readonly must: (isFull: boolean) => Must;
  /** Bytes of a disk in memory on which the database is to be, for an attack that fills it. */
  readonly databaseDiskBytes?: number;
  readonly run: (target: Target, stage: Stage) => Promise<Sight>;
}
