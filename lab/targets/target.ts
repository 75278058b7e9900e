// Where the services of a run are, and how a trial gets one that is freshly started.
import type { Level } from "../../services/storage/user-store.ts";
import type { ContainerOrigin } from "./container-origin.ts";
import type { Placement } from "./placement.ts";
import type { RunningService } from "./service.ts";

/** The server of the prepared databases. */
export interface DatabaseServer extends AsyncDisposable {
  readonly version: string;
  /** Returns the connection string of a database. */
  readonly urlOf: (database: string) => string;
  /** CPU time of all its processes. */
  readonly readCpuMicros: () => Promise<number>;
}

/** A service as a trial wants it. */
export interface ServiceOrder {
  readonly approach: string;
  /** Path of its file, for one that is not of the lab's own table. */
  readonly approachFile: string | undefined;
  /** Folder of its data. */
  readonly dataDir: string;
  /** The name of its database, for approaches that have one. */
  readonly database: string | undefined;
  /** The level that it is to keep its writes at; the lesson's where it is left out. Containers have it from Compose. */
  readonly durability?: Level;
  /** The longest name that it is to store, where that is not the usual one. Of processes only. */
  readonly maxNameCharacters?: number;
  readonly signal: AbortSignal;
}

export interface Target extends AsyncDisposable {
  readonly mode: "native" | "docker";
  /** Cores by party; all empty where nobody is bound. */
  readonly placement: Placement;
  /** Version of the Docker engine, where services are containers. */
  readonly engineVersion?: string;
  /** Says what the containers of these approaches, and of the database, are made of, where services are containers. */
  readonly describeContainers?: (
    approaches: readonly string[],
  ) => Promise<Readonly<Record<string, ContainerOrigin>>>;
  /** Null when no approach of the run needs one. */
  readonly database: DatabaseServer | null;
  /** Starts a service and waits until it is healthy. */
  readonly start: (order: ServiceOrder) => Promise<RunningService>;
}
