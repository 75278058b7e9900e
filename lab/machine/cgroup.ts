// What this process may use at most, by its control groups (cgroups(7)).
import * as z from "zod";
import { object } from "../shape.ts";
import { type Mount, parseMounts } from "./mounts.ts";
import type { ReadText } from "./system-text.ts";

export const cgroupShape = object({
  version: z.literal([1, 2]),
  /** CPU time per time, such as 1.5; null without a limit. */
  cpuLimitCores: z.number().nullable(),
  /** Null without a limit. */
  memoryLimitBytes: z.number().nullable(),
});
export type Cgroup = z.infer<typeof cgroupShape>;

type Controller = "cpu" | "memory";
interface Membership {
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Describes the limits of this process: the lowest of its group's and of those above, as far as they can be seen.
 * Null where there are no control groups. */
export function describeCgroup(read: ReadText): Cgroup | null {
  const memberships = parseMemberships(read("/proc/self/cgroup") ?? "");
  if (memberships.length === 0) return null;
  const mounts = parseMounts(read("/proc/self/mountinfo") ?? "");
  const folders = (controller: Controller) => listFolders(memberships, mounts, controller);
  const version = memberships.some(({ controllers }) => controllers.includes("memory")) ? 1 : 2;
  const readLimits = version === 1 ? READ_V1 : READ_V2;
  return {
    version,
    cpuLimitCores: lowest(folders("cpu").map((folder) => readLimits.cpu(folder, read))),
    memoryLimitBytes: lowest(folders("memory").map((folder) => readLimits.memory(folder, read))),
  };
}

/** Reads the lines of /proc/self/cgroup: number, controllers, path. Version 2 has no controllers there. */
function parseMemberships(text: string): Membership[] {
  return text.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return controllers === undefined || path === undefined
      ? []
      : { controllers: controllers.split(","), path };
  });
}

/** The folders of a group and of those above it, up to where they are mounted. */
function listFolders(
  memberships: readonly Membership[],
  mounts: readonly Mount[],
  controller: Controller,
): string[] {
  const ofV1 = memberships.find(({ controllers }) => controllers.includes(controller));
  const membership = ofV1 ?? memberships.find(({ controllers }) => controllers.includes(""));
  const mount = mounts.find(({ type, options }) =>
    ofV1 === undefined ? type === "cgroup2" : type === "cgroup" && options.includes(controller),
  );
  if (membership === undefined || mount === undefined) return [];
  // In a container the group may be mounted as the root while its path is still that of the host.
  const { path } = membership;
  const inside = path.startsWith(mount.root) ? path.slice(mount.root.length) : path;
  const names = inside.split("/").filter((name) => name !== "" && name !== "..");
  return Array.from({ length: names.length + 1 }, (_, depth) =>
    [mount.point, ...names.slice(0, depth)].join("/"),
  );
}

const READ_V2 = {
  cpu(folder: string, read: ReadText): number | null {
    const [quota, period] = (read(`${folder}/cpu.max`) ?? "max").split(" ");
    return quota === "max" ? null : Number(quota) / Number(period);
  },
  memory(folder: string, read: ReadText): number | null {
    const limit = read(`${folder}/memory.max`) ?? "max";
    return limit === "max" ? null : Number(limit);
  },
};

const READ_V1 = {
  cpu(folder: string, read: ReadText): number | null {
    const quota = Number(read(`${folder}/cpu.cfs_quota_us`) ?? -1);
    return quota < 0 ? null : quota / Number(read(`${folder}/cpu.cfs_period_us`));
  },
  memory(folder: string, read: ReadText): number | null {
    const limit = Number(read(`${folder}/memory.limit_in_bytes`) ?? Number.POSITIVE_INFINITY);
    // Without a limit the kernel says the largest number of whole pages.
    return limit > Number.MAX_SAFE_INTEGER ? null : limit;
  },
};

function lowest(limits: readonly (number | null)[]): number | null {
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 ? null : Math.min(...known);
}
