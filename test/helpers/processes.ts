import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Returns the processes that work on a folder: it is in their arguments or, where the system tells, in their
 * environment. */
export async function findProcessesOf(folder: string): Promise<string[]> {
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
    return lines.filter((line) => line.includes(folder));
  }
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && describe(name).includes(folder));
}

function describe(pid: string): string {
  return ["cmdline", "environ"]
    .map((file) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "latin1");
      } catch {
        return ""; // It has ended, or is another user's.
      }
    })
    .join("\0");
}
