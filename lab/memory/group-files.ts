// What a control group's memory is limited by and says of itself, in the two versions that Linux has: the kernel's
// Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst. Pure.
import { parseMounts } from "../machine/mounts.ts";
import type { ReadText } from "../machine/system-text.ts";

/** Where groups can be made. */
export interface GroupPlace {
  readonly version: 1 | 2;
  /** The folder in which a new folder is a new group. */
  readonly parent: string;
}

/** What a group has in memory, and what happened in it since it was made. */
export interface GroupFigures {
  /** What its processes have for themselves: heaps, stacks. */
  readonly anonBytes: number;
  /** What they share and no file holds, as PostgreSQL's buffers. */
  readonly sharedBytes: number;
  /** Files of which it was the first to read or write these pages. */
  readonly cacheBytes: number;
  /** The highest that all of it was together. */
  readonly peakBytes: number;
  /** Pages of files that had to be read again soon after they were given up. */
  readonly refaults: number;
  /** Processes that the system ended for want of memory. */
  readonly oomKills: number;
}

interface GroupFiles {
  /** What is written where to limit it. Those that a kernel need not have are without swap anyway. */
  readonly limits: readonly {
    readonly name: string;
    readonly toText: (bytes: number) => string;
    readonly isOptional?: true;
  }[];
  readonly peak: string;
  /** Has a line "oom_kill N". */
  readonly events: string;
  /** Takes out of memory what can be, when something is written. */
  readonly reclaim: { readonly name: string; readonly toText: (bytes: number) => string };
  readonly parseStat: (
    stat: ReadonlyMap<string, number>,
  ) => Pick<GroupFigures, "anonBytes" | "sharedBytes" | "cacheBytes">;
}

const of = (stat: ReadonlyMap<string, number>, name: string) => stat.get(name) ?? 0;

/** Memory that is moved to a disk would be memory beyond the limit, so there is to be none. */
export const GROUP_FILES: Readonly<Record<GroupPlace["version"], GroupFiles>> = {
  1: {
    limits: [
      { name: "memory.limit_in_bytes", toText: String },
      { name: "memory.memsw.limit_in_bytes", toText: String, isOptional: true },
    ],
    peak: "memory.max_usage_in_bytes",
    events: "memory.oom_control",
    reclaim: { name: "memory.force_empty", toText: () => "0" },
    parseStat: (stat) => ({
      anonBytes: of(stat, "rss"),
      sharedBytes: of(stat, "shmem"),
      cacheBytes: of(stat, "cache") - of(stat, "shmem"),
    }),
  },
  2: {
    limits: [
      { name: "memory.max", toText: String },
      { name: "memory.swap.max", toText: () => "0", isOptional: true },
    ],
    peak: "memory.peak",
    events: "memory.events",
    reclaim: { name: "memory.reclaim", toText: String },
    parseStat: (stat) => ({
      anonBytes: of(stat, "anon"),
      sharedBytes: of(stat, "shmem"),
      cacheBytes: of(stat, "file") - of(stat, "shmem"),
    }),
  },
};

/** Finds where groups with a limit can be made, or says why nowhere: at the top of what is mounted here, which in a
 * container is the container's own group. */
export function findGroupPlace(read: ReadText): GroupPlace | string {
  const mounts = parseMounts(read("/proc/self/mountinfo") ?? "");
  const v1 = mounts.find(({ type, options }) => type === "cgroup" && options.includes("memory"));
  if (v1 !== undefined) return { version: 1, parent: v1.point };
  const v2 = mounts.find(({ type }) => type === "cgroup2");
  if (v2 === undefined) return "no control groups are mounted here";
  const given = `${v2.point}/cgroup.subtree_control`;
  if (!(read(given) ?? "").split(/\s+/).includes("memory"))
    return `${given} does not have "memory", so new groups would have no limit`;
  return { version: 2, parent: v2.point };
}

/** Reads what a group says of itself. @throws Error when it lacks a file */
export function readGroupFigures(
  { version, parent }: GroupPlace,
  name: string,
  read: ReadText,
): GroupFigures {
  const files = GROUP_FILES[version];
  const readFile = (file: string) => {
    const text = read(`${parent}/${name}/${file}`);
    if (text === null) throw new Error(`${parent}/${name}/${file} cannot be read`);
    return text;
  };
  const stat = parseCounts(readFile("memory.stat"));
  return {
    ...files.parseStat(stat),
    peakBytes: Number(readFile(files.peak)),
    // Before Linux 5.9 those of all kinds had one count, which were files' where there is no swap.
    refaults: stat.get("workingset_refault_file") ?? of(stat, "workingset_refault"),
    oomKills: of(parseCounts(readFile(files.events)), "oom_kill"),
  };
}

/** Lines of a name and a number. */
function parseCounts(text: string): ReadonlyMap<string, number> {
  return new Map(
    text.split("\n").map((line) => {
      const [name = "", value] = line.split(" ");
      return [name, Number(value)];
    }),
  );
}
