// Where and how a run was measured, as a list.
import type { Cgroup } from "../machine/cgroup.ts";
import type { Disk } from "../machine/disk.ts";
import type { Machine } from "../machine/machine.ts";
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { ContainerOrigin } from "../targets/container-origin.ts";
import type { StoreInfo } from "../targets/store-info.ts";
import { countCompleteBlocks } from "./caveats.ts";
import { linkDashboards } from "./dashboards.ts";
import { formatCount, formatMegabytes, formatMs } from "./format.ts";

const UNKNOWN = "the system does not say";

/** One thing that is known of a run: its name, and what is known. */
export type Fact = readonly [name: string, text: string];

/** Lists what is known of where and how a run was measured. */
export function listFacts(environment: Environment, measurements: readonly Measurement[]): Fact[] {
  const { machine, stores, containers, approachFiles = {}, dashboards } = environment;
  return [
    ["run", `${environment.run}, started ${environment.startedAt}`],
    ["load", describeLoad(environment)],
    ["order of trials", describeOrder(environment, measurements)],
    ["data", describeData(environment)],
    ["machine", describeMachine(machine)],
    ["processor", describeProcessor(machine)],
    ["limits of the bench", describeCgroup(machine.cgroup)],
    ["cores", describePlacement(environment)],
    ["data folder", describeDisk(environment.disk)],
    ["fdatasync", describeSyncs(environment)],
    ["software", joinNamed(environment.software)],
    ["load generators at hand", joinNamed(environment.generators)],
    ["code", describeSources(environment)],
    ["services", describePlace(environment)],
    ...Object.entries(containers ?? {}).map(
      ([name, of]): Fact => [`container ${name}`, describeContainer(of)],
    ),
    ...Object.entries(stores).map(([name, store]): Fact => [`store ${name}`, describeStore(store)]),
    ...Object.entries(approachFiles).map(
      ([name, { path, sha256 }]): Fact => [`approach ${name}`, `${path}, SHA-256 ${sha256}`],
    ),
    ...(dashboards === null
      ? []
      : [["dashboards", linkDashboards(dashboards, environment, measurements)] as const]),
  ];
}

/** Renders the command that repeats the run, and the list, as Markdown. */
export function renderEnvironment(environment: Environment, measurements: readonly Measurement[]): string {
  const facts = listFacts(environment, measurements).map(([name, text]) => `- ${name}: ${text}`);
  return [`- command: \`${environment.command}\``, ...facts].join("\n");
}

function describeLoad(environment: Environment): string {
  const { load, rateRequestsPerSecond: rate, connections, warmupMs, durationMs, waitLimitMs } = environment;
  return [
    rate === undefined ? load : `${load}, ${formatCount(rate)} requests/s`,
    `${connections} connections`,
    `warm-up ${formatMs(warmupMs)}`,
    `window ${formatMs(durationMs)}`,
    `answers waited for ${formatMs(waitLimitMs)}`,
  ].join(", ");
}

function describeOrder(environment: Environment, measurements: readonly Measurement[]): string {
  const { blocks: planned, seed } = environment;
  const complete = countCompleteBlocks(environment, measurements);
  const of = complete === planned ? "" : ` of ${planned} that were planned`;
  return `${complete} randomised ${complete === 1 ? "block" : "blocks"}${of}, seed ${seed}`;
}

function describePlace({ containers, machine }: Environment): string {
  if (containers !== null) return "containers";
  return machine.isContainer ? "processes, in one container" : "processes";
}

function describeData({ size, dataBytes, dataSeed, dataSha256, records }: Environment): string {
  if (records !== undefined)
    return `${formatCount(size)} records of ${records.path}, key ${records.key}, users.jsonl SHA-256 ${dataSha256}`;
  const users = `${formatCount(size)} users in ${formatMegabytes(dataBytes)}`;
  return `${users}, seed ${dataSeed}, users.jsonl SHA-256 ${dataSha256}`;
}

function describeSyncs({ fdatasync: { writes, bytesPerWrite, p50Ms, p99Ms } }: Environment): string {
  const figures = `p50 ${formatMs(p50Ms)}, p99 ${formatMs(p99Ms)}`;
  return `${figures} (${writes} writes of ${bytesPerWrite} bytes to the data folder before the first trial)`;
}

function describeSources({ commit, isDirty, lockFileSha256 }: Environment): string {
  return `commit ${commit}${isDirty ? ", with changes" : ""}, package-lock.json SHA-256 ${lockFileSha256}`;
}

function describeMachine(machine: Machine): string {
  const { cpu, cores, logicalCpus, memoryBytes, product, system, architecture } = machine;
  const usable = cores === logicalCpus ? `${cores} cores` : `${cores} cores of ${logicalCpus}`;
  const parts = [cpu, usable, formatMegabytes(memoryBytes), system, architecture, product ?? ""];
  return parts.filter((part) => part !== "").join(", ");
}

function describeProcessor({ processor }: Machine): string {
  const { governor, isTurbo, isSmt, isVirtual, hypervisor } = processor;
  const parts = [
    ...(isVirtual === null
      ? []
      : [isVirtual ? `virtual (${hypervisor ?? "by whom is unknown"})` : "not virtual"]),
    ...(governor === null ? [] : [`governor ${governor}`]),
    ...(isTurbo === null ? [] : [`turbo ${isTurbo ? "on" : "off"}`]),
    ...(isSmt === null ? [] : [`simultaneous multithreading ${isSmt ? "on" : "off"}`]),
  ];
  return parts.join(", ") || UNKNOWN;
}

function describeCgroup(cgroup: Cgroup | null): string {
  if (cgroup === null) return UNKNOWN;
  return `cgroup version ${cgroup.version}, ${describeLimits(cgroup)}`;
}

function describeLimits({ cpuLimitCores, memoryLimitBytes }: Omit<Cgroup, "version">): string {
  const cpu = cpuLimitCores === null ? "no limit of CPU time" : `at most ${formatCount(cpuLimitCores)} cores`;
  const memory =
    memoryLimitBytes === null ? "none of memory" : `${formatMegabytes(memoryLimitBytes)} of memory`;
  return `${cpu}, ${memory}`;
}

function describePlacement({ placement }: Environment): string {
  if (placement === null) return "processes were not bound to cores";
  return Object.entries(placement)
    .filter(([, cores]) => cores.length > 0)
    .map(([party, cores]) => `${party} on core ${cores.join(", ")}`)
    .join("; ");
}

function describeDisk(disk: Disk | null): string {
  if (disk === null) return UNKNOWN;
  const { fileSystem, source, mountOptions, isRotational } = disk;
  const heads = { true: ", rotational", false: ", not rotational", null: "" }[`${isRotational}`];
  return `${fileSystem} on ${source} (${mountOptions.join(", ")})${heads}`;
}

function describeStore(store: StoreInfo | null): string {
  if (store === null) return "did not start";
  const { recordsAtStart, dataBytes, durability, settings, versions } = store;
  return [
    `${formatCount(recordsAtStart)} users in ${formatMegabytes(dataBytes)}`,
    `POST survives ${durability}`,
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    joinNamed(versions),
  ].join(", ");
}

function describeContainer(origin: ContainerOrigin): string {
  const { image, imageId, digests } = origin;
  return [`${image} (${[imageId, ...digests].join(", ")})`, describeLimits(origin)].join(", ");
}

function joinNamed(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
