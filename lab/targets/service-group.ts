// Several services over one store: what the experiment with several writers asks for, wherever services run.
import type { DatabaseServer, ServiceOrder } from "./target.ts";

/** Where a service listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Services of one approach, all on the same data. */
export interface GroupOrder extends ServiceOrder {
  /** How many. */
  readonly processes: number;
  /** Whether they are threads of one process instead of processes. */
  readonly areThreads: boolean;
  /** Variables of their environment by name, as services/config.ts has them. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ServiceGroup extends AsyncDisposable {
  /** One for each of them. */
  readonly addresses: readonly Address[];
  /** CPU time of all of them together. */
  readonly readCpuMicros: () => Promise<number>;
  /** Kills them in the middle of whatever they do (SIGKILL), and waits until they are gone. */
  readonly kill: () => Promise<void>;
  /** What they have written to stderr. */
  readonly readLog: () => string | Promise<string>;
}

/** What groups there can be in a place. */
export interface GroupOffer {
  readonly maxProcesses: number;
  /** Whether services can be threads of one process. */
  readonly hasThreads: boolean;
}

/** Where groups can be started. */
export interface GroupTarget extends AsyncDisposable {
  /** Null when no approach needs one. */
  readonly database: DatabaseServer | null;
  /** Starts them at the same time and waits until all are healthy. They are bound to no core: whether a second process
   * gets more out of the machine is the question. */
  readonly startGroup: (order: GroupOrder) => Promise<ServiceGroup>;
}
