// What an approach was measured to do. Pure.
import type { Durability } from "../../services/storage/user-store.ts";

/** How many requests per second something can do, with the ends that are sure. */
export interface Range {
  readonly value: number;
  /** Both are the value where there were fewer than five blocks; the high one is infinite where only a part of what it can
   * do was asked for. */
  readonly low: number;
  readonly high: number;
}

/** Where a figure is from. */
export interface Origin {
  readonly approach: string;
  /** How many were stored. */
  readonly users: number;
  /** Mean of the records that were measured, as lines of JSON. */
  readonly recordBytes: number;
  /** Folder of the run or experiment. */
  readonly run: string;
  readonly startedAt: string;
}

/** What an approach can do of one operation alone. */
export interface Capacity extends Origin {
  readonly operation: "read" | "write";
  readonly workload: string;
  readonly processes: number;
  readonly requestsPerSecond: Range;
  /** Whether the load generator was the limit: then the value is what the CPU time per request allows a core, and only the
   * low end was measured. */
  readonly isImplied: boolean;
  readonly blocks: number;
  /** The setting that it was measured at: a level of DURABILITY, or what the experiment calls it. */
  readonly setting: string;
  /** What an acknowledged write survived by the store's own word. */
  readonly survives: Durability;
  /** Resident memory of the service; null where nobody looked. */
  readonly memoryBytes: number | null;
  /** What there was to be had, for it and everything beside it. */
  readonly hadMemoryBytes: number;
  /** As much is enough for the same figure, by a rule or because it served with no more; null where nothing less than what
   * there was is known to be. */
  readonly enoughMemoryBytes: number | null;
  readonly startupMs: number | null;
}

/** How long reads took when so many came per second. */
export interface OpenLatency extends Origin {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  /** Null for too few requests. */
  readonly p99Ms: number | null;
}
