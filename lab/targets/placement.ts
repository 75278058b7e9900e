// Which cores the parties of a trial get.
import { readFileSync } from "node:fs";

/** Cores by party. All empty: nothing is bound. */
export interface Placement {
  readonly service: readonly number[];
  readonly database: readonly number[];
  readonly generator: readonly number[];
  /** Prometheus and Grafana, where they watch. */
  readonly observers: readonly number[];
}

const NOBODY_BOUND: Placement = { service: [], database: [], generator: [], observers: [] };

/**
 * Gives service and generator cores of their own. With two cores the database shares the service's: both are what is
 * measured, and their CPU time is counted apart. Observers get one, or share the generator's; the generator gets what is
 * left, for the service has one process and a generator may need several cores to be no limit. Systems like to work on
 * the first cores, so the measured ones are the last.
 * @param cores the numbers of the cores that may be used
 */
export function placeOnCores(cores: readonly number[]): Placement {
  const [last, second, ...others] = [...cores].reverse();
  if (last === undefined || second === undefined) return NOBODY_BOUND;
  const [first, ...between] = others.reverse();
  if (first === undefined)
    return { service: [last], database: [last], generator: [second], observers: [second] };
  const generator = between.length > 0 ? between : [first];
  return { service: [last], database: [second], generator, observers: [first] };
}

/** Returns the cores that this process may use, from Linux's own list; [] where there is none. */
export function readAllowedCores(): number[] {
  try {
    const status = readFileSync("/proc/self/status", "latin1");
    return parseCoreList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? "");
  } catch {
    return [];
  }
}

/** Reads a list such as "0-3,8". */
export function parseCoreList(text: string): number[] {
  return text
    .split(",")
    .filter((range) => range !== "")
    .flatMap((range) => {
      const [first, last] = range.split("-").map(Number);
      if (first === undefined) return [];
      return Array.from({ length: (last ?? first) - first + 1 }, (_, index) => first + index);
    });
}
