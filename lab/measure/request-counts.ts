// What a request costs in system calls: exact, where times are not.

/** Counted once per approach and workload of a run, untimed. All figures are per request, of the service's process with
 * all its threads; a database's server is not in them. One entry of counts.json. */
export interface RequestCounts {
  readonly approach: string;
  readonly workload: string;
  readonly size: number;
  /** Over how many requests. */
  readonly requests: number;
  /** On files and sockets. What waits, wakes threads or manages memory is not in them: how often is up to the machine. */
  readonly systemCalls: number;
  /** By name, the most frequent first. */
  readonly systemCallsByName: Readonly<Record<string, number>>;
  /** Returned by reads and taken by writes of files; sockets and pipes are not in them, nor are mapped files. */
  readonly fileReadBytes: number;
  readonly fileWrittenBytes: number;
  /** fsync, fdatasync and their like. */
  readonly syncs: number;
}
