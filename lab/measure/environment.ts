// Where and how a run was measured: environment.json.
import { join } from "node:path";
import * as z from "zod";
import type { Approaches } from "../../services/approaches/approach.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { LEVELS } from "../../services/storage/user-store.ts";
import { dataFolderOf } from "../data/data-places.ts";
import { ownRecordsShape } from "../data/own-records.ts";
import type { LoadGenerator } from "../load/generator.ts";
import { describeDisk, diskShape } from "../machine/disk.ts";
import { describeMachine, machineShape } from "../machine/machine.ts";
import { probeSync, syncProbeShape } from "../machine/sync-probe.ts";
import { byName, list, object } from "../shape.ts";
import { containerOriginShape } from "../targets/container-origin.ts";
import { storeInfoShape } from "../targets/store-info.ts";
import type { Target } from "../targets/target.ts";
import { describeSources } from "./sources.ts";
import { readStores } from "./stores.ts";

const cores = list(z.int());

/** What a run knows of itself. */
const told = {
  /** Folder name of the run. */
  run: z.string(),
  startedAt: z.iso.datetime(),
  /** When the last planned trial was made, or the run was precise enough; null before that, and so of a run that was
   * stopped. Absent in runs of an older lab. */
  endedAt: z.iso.datetime().nullable().exactOptional(),
  /** The command that repeats the run. */
  command: z.string(),
  workloads: list(z.string()),
  load: z.enum(["closed", "open"]),
  /** Of an open load: the rate that all were asked at, where somebody chose it. */
  rateRequestsPerSecond: z.number().exactOptional(),
  /** The level of DURABILITY that all were put on; what is in force is in `stores`. */
  durability: z.enum(LEVELS),
  connections: z.int(),
  warmupMs: z.number(),
  durationMs: z.number(),
  waitLimitMs: z.number(),
  /** Seed of the order of trials and of the choice of keys. */
  seed: z.int(),
  /** How many were planned. */
  blocks: z.int(),
  /** The part of a ratio that its interval was to be narrowed to, if the run was to end when all are. */
  precision: z.number().exactOptional(),
  /** Users, one row each. */
  size: z.int(),
  dataSeed: z.int(),
  /** A person's own records, where they took the place of the lab's users. */
  records: ownRecordsShape.exactOptional(),
  /** Of the users.jsonl that all stores were filled from. */
  dataSha256: z.string(),
  /** Every file of the data was read once before the first trial; a database's only by the warm-up of each trial. */
  pageCache: z.literal("warmed"),
  /** Address of the dashboards that watched, or null. */
  dashboards: z.string().nullable(),
};

/** What is asked of everybody else. */
const found = {
  mode: z.enum(["native", "docker"]),
  approaches: list(z.string()),
  generator: object({ name: z.string(), version: z.string() }),
  /** Versions of all that were at hand. */
  generators: byName(z.string()),
  /** Of users.jsonl. */
  dataBytes: z.int(),
  /** What each store said of itself before the first trial, by approach; null for one that did not start. */
  stores: byName(storeInfoShape.nullable()),
  machine: machineShape,
  /** What the data folder lies on; null where the system does not say. */
  disk: diskShape.nullable(),
  /** What small synced writes to the data folder took before the first trial. */
  fdatasync: syncProbeShape,
  /** Cores by party; null where processes cannot be bound to cores. */
  placement: object({ service: cores, database: cores, generator: cores, observers: cores }).nullable(),
  /** Versions, by name. */
  software: byName(z.string()),
  /** What the services' containers were made of, by service; null where services are processes. */
  containers: byName(containerOriginShape).nullable(),
  /** Where the approaches are that are not the lab's own; absent where all are. */
  approachFiles: byName(object({ path: z.string(), sha256: z.string() })).exactOptional(),
  commit: z.string(),
  /** Whether files differed from the commit. */
  isDirty: z.boolean(),
  lockFileSha256: z.string(),
};

export const environmentShape = object({ ...told, ...found });
export type Environment = z.infer<typeof environmentShape>;

/** What a run tells, with the rows of its approaches: they say where the data of each is. */
type RunDescription = Pick<Environment, keyof typeof told> & {
  readonly approaches: Approaches;
};

/** Where to look for the rest. */
interface Surroundings {
  readonly dataRoot: string;
  readonly target: Target;
  readonly generator: LoadGenerator;
  readonly generators: readonly LoadGenerator[];
  readonly signal: AbortSignal;
}

/** Adds to what a run knows of itself what its machine, its stores and its containers say. Takes some seconds: every
 * store is started once. The data must be there. */
export async function describeEnvironment(
  description: RunDescription,
  { dataRoot, target, generator, generators, signal }: Surroundings,
): Promise<Environment> {
  const { approaches, ...run } = description;
  const names = Object.keys(approaches);
  const { placement, database, engineVersion } = target;
  return {
    ...run,
    approaches: names,
    mode: target.mode,
    generator: { name: generator.name, version: generator.version },
    generators: Object.fromEntries(generators.map(({ name, version }) => [name, version])),
    dataBytes: fileBytes(join(dataFolderOf(dataRoot, run.size, "seeded"), "users.jsonl")),
    stores: await readStores({
      approaches,
      durability: run.durability,
      dataRoot,
      size: run.size,
      target,
      signal,
    }),
    machine: describeMachine(),
    disk: describeDisk(dataRoot),
    fdatasync: probeSync(dataRoot),
    placement: placement.service.length > 0 ? placement : null,
    software: {
      node: process.versions.node,
      v8: process.versions.v8 as string,
      sqlite: process.versions.sqlite as string,
      ...(database !== null && { postgresql: database.version }),
      ...(engineVersion !== undefined && { docker: engineVersion }),
    },
    ...listFiles(approaches),
    containers: (await target.describeContainers?.(names)) ?? null,
    ...describeSources(),
  };
}

function listFiles(approaches: Approaches): Pick<Environment, "approachFiles"> {
  const files = Object.entries(approaches).flatMap(([name, { file }]) => (file ? [[name, file]] : []));
  return files.length === 0 ? {} : { approachFiles: Object.fromEntries(files) };
}
