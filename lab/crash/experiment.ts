// What an experiment with crashes is: one case after the other, each a way of storing users at one level of durability and
// something that happens to it.
import type { Approach } from "../../services/approaches/approach.ts";
import type { Level } from "../../services/storage/user-store.ts";

/** What cases work with. */
export interface Stage {
  /** Folder for everything that is made; on the disk that is asked about. */
  readonly folder: string;
  /** Of moments, orders and users. */
  readonly seed: number;
  /** Whether everything is done that can be said of it; else a little of each. */
  readonly isFull: boolean;
  readonly signal: AbortSignal;
  /** Told how much of a case is done. */
  readonly onProgress: (done: number, total: number) => void;
}

/** A way of storing users. */
export interface Subject {
  /** Name of the approach or of the control. */
  readonly name: string;
  readonly row: Approach;
  readonly level: Level;
}

/** Whether what the case asks for must be so, must not be so (a control, or a level that promises less), or is only shown. */
export type Must = "hold" | "fail" | "show";

/** What a case found. */
export interface Finding {
  readonly holds: boolean;
  /** In words. */
  readonly measured: string;
  /** The figures behind the words, by name with its unit last. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Case {
  readonly experiment: string;
  /** Of an approach or a control; null where it is about the lab's own tools. */
  readonly level: Level | null;
  readonly subject: string;
  /** What is asked, in a few words. */
  readonly question: string;
  readonly must: Must;
  /** Why it cannot be run here, or null. */
  readonly lack: string | null;
  readonly run: (stage: Stage) => Promise<Finding>;
}

export interface Experiment {
  readonly name: string;
  /** What happens, in one line. */
  readonly summary: string;
  readonly listCases: (
    subjects: Subjects,
    plan: Pick<Stage, "folder" | "seed" | "isFull">,
  ) => readonly Case[] | Promise<readonly Case[]>;
}

/** Who is asked: approaches at every level that they can give, and controls by name. */
export interface Subjects {
  readonly approaches: readonly Subject[];
  readonly controls: Readonly<Record<string, Subject>>;
}
