// CPU time of other processes, as the system counts it.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process as the system lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMicros: number;
}

/** Returns the CPU time of a process and of all that descend from it and still run, in microseconds. */
export function readCpuMicros(pid: number): number {
  const rows = process.platform === "linux" ? listLinuxProcesses() : parsePs(listByPs());
  return sumTree(rows, pid);
}

/** Returns the CPU time of one process with all its threads, in microseconds. Linux only; cheap enough to call
 * ten times a second. */
export function readThreadsCpuMicros(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ", 1)[0]);
  }
  return nanoseconds / 1000;
}

export function sumTree(rows: readonly ProcessRow[], root: number): number {
  const own = rows.find((row) => row.pid === root)?.cpuMicros ?? 0;
  const children = rows.filter((row) => row.parent === root);
  return children.reduce((sum, child) => sum + sumTree(rows, child.pid), own);
}

function listLinuxProcesses(): ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        // The program's name, in parentheses, may itself contain spaces and parentheses.
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return [{ pid: Number(name), parent, cpuMicros: readThreadsCpuMicros(Number(name)) }];
      } catch {
        return []; // It has ended since it was listed.
      }
    });
}

function listByPs(): string {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,time="], { encoding: "utf8" });
}

/** Reads the lines of `ps -o pid=,ppid=,time=`: time as [[days-]hours:]minutes:seconds[.hundredths]. */
export function parsePs(text: string): ProcessRow[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, time = ""] = line.trim().split(/\s+/);
      const [clock = "", days = "0"] = time.split("-").reverse();
      const seconds = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
      return {
        pid: Number(pid),
        parent: Number(parent),
        cpuMicros: Math.round((seconds + Number(days) * 86_400) * 1e6),
      };
    });
}
