// What makes the tables of a run say less than they seem to, in sentences: its data was somebody's own, it was stopped, its
// trials are in no order that may be trusted, or somebody had to share a core.
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";
import { findOrderFaults, type OrderedTrial } from "../measure/order.ts";
import type { RunData } from "../measure/results.ts";
import { formatBytes, formatExact } from "./format.ts";

/** What of a run tells its caveats. */
type Told = Pick<RunData, "environment" | "measurements">;

/** Lists the caveats of runs, each once; those of several runs begin with the name of theirs. */
export function listCaveats(runs: readonly Told[]): string[] {
  const caveats = runs.flatMap(({ environment, measurements }) => {
    const ofRun = [
      describeRecords(environment),
      findStop({ environment, measurements }),
      findDisorder(measurements),
    ];
    const name = runs.length > 1 ? `${environment.run}: ` : "";
    const shared = findSharedCores(environment);
    return [...ofRun.flatMap((text) => (text === null ? [] : [name + text])), ...(shared ? [shared] : [])];
  });
  return [...new Set(caveats)];
}

/** Says what was stored, where it is not the lab's own users; null where it is. */
function describeRecords({ records }: Environment): string | null {
  if (records === undefined) return null;
  const { path, key, records: count, bytes, sha256, refusals } = records;
  const left = Object.entries(refusals).map(([name, why]) => ` ${name} is left out: ${why}.`);
  return (
    `The data is ${formatExact(count)} records of ${path}, key ${key}: ${formatBytes(bytes.p50)} in the middle, ` +
    `${formatBytes(bytes.p90)} p90, ${formatBytes(bytes.p99)} p99, ${formatBytes(bytes.max)} at most; SHA-256 ${sha256}. ` +
    `Each is stored as a user with the key as id and the record, a text of JSON, as name.${left.join("")}`
  );
}

/** How many blocks of a run's own load hold every trial. */
export function countCompleteBlocks({ load }: Environment, measurements: readonly Measurement[]): number {
  const trials = listOrder(measurements, load);
  const names = new Set(trials.map(({ name }) => name)).size;
  const blocks = Map.groupBy(trials, ({ block }) => block);
  return [...blocks.values()].filter((of) => new Set(of.map(({ name }) => name)).size === names).length;
}

/** Says that a run was stopped; null when it was not. One without `endedAt` is of a time when nobody wrote it: its blocks
 * alone tell, where it could not end early. */
export function findStop({ environment, measurements }: Told): string | null {
  const { blocks, precision, endedAt } = environment;
  const complete = countCompleteBlocks(environment, measurements);
  const isStopped =
    endedAt === null || (endedAt === undefined && precision === undefined && complete < blocks);
  if (!isStopped) return null;
  return (
    `The run did not come to its end: ${complete} of ${blocks} planned ${blocks === 1 ? "block is" : "blocks are"} complete. ` +
    "Where somebody stopped it for what they saw, its intervals are none."
  );
}

function findDisorder(measurements: readonly Measurement[]): string | null {
  const faults = (["closed", "open"] as const).flatMap((load) =>
    findOrderFaults(listOrder(measurements, load)),
  );
  const [first, ...others] = faults;
  if (first === undefined) return null;
  const more = others.length > 0 ? `, and ${others.length} more of the kind` : "";
  return (
    `The trials are not in randomised complete blocks: ${first}${more}. ` +
    "What the machine did meanwhile may be what differs between approaches."
  );
}

/** Trials that were made again are in no order: they followed what made them necessary. */
function listOrder(measurements: readonly Measurement[], load: Measurement["load"]): OrderedTrial[] {
  return measurements
    .filter((trial) => trial.load === load && !trial.isAgain)
    .map(({ block, approach, workload, rate }) => ({
      block,
      name: [approach, workload, ...(rate === undefined ? [] : [rate])].join(", "),
    }));
}

/** Says who had to share a core; null when nobody had. */
function findSharedCores({ placement, software }: Environment): string | null {
  if (placement === null)
    return "Nobody was bound to cores: the load generator may have slowed the services.";
  const { service, database, generator, observers } = placement;
  const share = (a: readonly number[], b: readonly number[]) => a.some((core) => b.includes(core));
  const shared = [
    ...(software.postgresql !== undefined && share(database, service)
      ? ["PostgreSQL shares the service's core"]
      : []),
    ...(share(observers, generator)
      ? ["what watches, and services that wait, share the load generator's core"]
      : []),
  ];
  return shared.length === 0 ? null : `Too few cores for everybody: ${shared.join("; ")}.`;
}
