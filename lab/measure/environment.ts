// Where and how a run was measured: environment.json.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, machine, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";
import type { Placement } from "../targets/placement.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

export interface Environment {
  /** Folder name of the run. */
  readonly run: string;
  readonly startedAt: string;
  /** The command that repeats the run. */
  readonly command: string;
  readonly mode: "native" | "docker";
  readonly size: number;
  readonly dataSeed: number;
  /** SHA-256 of the users.jsonl that all stores were filled from. */
  readonly dataSha256: string;
  /** Seed of the order of trials and of the choice of keys. */
  readonly seed: number;
  /** How many were planned. */
  readonly blocks: number;
  /** The part of a ratio that its interval was to be narrowed to, if the run was to end when all are. */
  readonly precision?: number;
  readonly connections: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly waitLimitMs: number;
  readonly load: "closed" | "open";
  /** Of an open load: the rate that all were asked at, where somebody chose it. */
  readonly rateRequestsPerSecond?: number;
  readonly generator: { readonly name: string; readonly version: string };
  /** Cores by party; null where processes cannot be bound to cores. */
  readonly placement: Placement | null;
  /** Every file of the data was read once before the first trial; a database's only by the warm-up of each trial. */
  readonly pageCache: "warmed";
  readonly software: Readonly<Record<string, string>>;
  /** Address of the dashboards that watched, or null. */
  readonly dashboards: string | null;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly system: string;
    readonly architecture: string;
  };
  readonly commit: string;
  /** Whether files differed from the commit. */
  readonly isDirty: boolean;
  readonly lockFileSha256: string;
}

type Described = Omit<
  Environment,
  "software" | "machine" | "commit" | "isDirty" | "lockFileSha256" | "placement"
>;

/** Adds to what a run knows of itself what the machine says. */
export function describeEnvironment(
  described: Described & {
    readonly placement: Placement;
    readonly postgresVersion: string | undefined;
    readonly engineVersion: string | undefined;
  },
): Environment {
  const { postgresVersion, engineVersion, ...run } = described;
  return {
    ...run,
    placement: run.placement.service.length > 0 ? run.placement : null,
    software: {
      node: process.versions.node,
      v8: process.versions.v8 as string,
      sqlite: process.versions.sqlite as string,
      ...(postgresVersion !== undefined && { postgresql: postgresVersion }),
      ...(engineVersion !== undefined && { docker: engineVersion }),
    },
    machine: {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      system: `${type()} ${release()}`,
      architecture: machine(),
    },
    ...describeCommit(process.env.LAB_COMMIT),
    lockFileSha256: createHash("sha256")
      .update(readFileSync(`${PROJECT}package-lock.json`))
      .digest("hex"),
  };
}

/** An image has no repository, and is told: "<commit>", or "<commit>-dirty". */
function describeCommit(told: string | undefined): Pick<Environment, "commit" | "isDirty"> {
  if (told) return { commit: told.replace(/-dirty$/, ""), isDirty: told.endsWith("-dirty") };
  const changes = git("status", "--porcelain") ?? "";
  return { commit: git("rev-parse", "HEAD") ?? "unknown", isDirty: changes !== "" };
}

/** Returns what git prints, or null where there is no git or no repository. */
function git(...args: string[]): string | null {
  try {
    return execFileSync("git", args, {
      cwd: PROJECT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
