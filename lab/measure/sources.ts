// Which sources a run was made with.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

export interface Sources {
  readonly commit: string;
  /** Whether files differed from the commit. */
  readonly isDirty: boolean;
  readonly lockFileSha256: string;
}

export function describeSources(): Sources {
  const lockFile = readFileSync(`${PROJECT}package-lock.json`);
  const lockFileSha256 = createHash("sha256").update(lockFile).digest("hex");
  return { ...describeCommit(process.env.LAB_COMMIT), lockFileSha256 };
}

/** An image has no repository, and is told: "<commit>", or "<commit>-dirty". */
function describeCommit(told: string | undefined): Pick<Sources, "commit" | "isDirty"> {
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
