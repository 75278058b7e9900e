// CPU time of other processes, as the system counts it.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process as the system lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMicros: number;
}

/** Linux's coarser account of CPU time counts in hundredths of a second. */
export const TICK_MICROS = 10_000;

/** Returns the CPU time of a process and of all that descend from it and still run, in microseconds.
 * @throws Error when there is no such process */
export function readCpuMicros(pid: number): number {
  const rows = listProcesses();
  if (!rows.some((row) => row.pid === pid)) throw new Error(`there is no process ${pid}`);
  return sumTree(rows, pid);
}

/** Returns the CPU time of one process with all its threads, in microseconds. Linux only. */
function readThreadsCpuMicros(pid: number): number {
  const nanoseconds = [...readThreads(pid).values()].reduce((sum, one) => sum + one, 0);
  // The coarser account has the threads that have ended as well, and is there where the finer one is not.
  return Math.max(nanoseconds / 1000, readTicksMicros(pid));
}

/**
 * Watches the CPU time of one process with all its threads, for differences over times much shorter than a tick. Linux
 * only; cheap enough to read ten times a second.
 * @returns reads it, in microseconds; what threads took that had ended before the first reading is not in it
 */
export function watchCpuMicros(pid: number): () => number {
  const seen = new Map<string, number>();
  return () => {
    for (const [thread, nanoseconds] of readThreads(pid)) seen.set(thread, nanoseconds);
    const nanoseconds = [...seen.values()].reduce((sum, one) => sum + one, 0);
    return nanoseconds > 0 ? nanoseconds / 1000 : readTicksMicros(pid);
  };
}

/** Returns the CPU time of each thread that still runs, in nanoseconds; 0 where the system keeps no fine account. */
function readThreads(pid: number): ReadonlyMap<string, number> {
  return new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const times = readIfThere(`/proc/${pid}/task/${thread}/schedstat`);
      return [thread, Number(times?.split(" ", 1)[0] ?? 0)];
    }),
  );
}

function readTicksMicros(pid: number): number {
  return parseStat(readFileSync(`/proc/${pid}/stat`, "latin1")).cpuMicros;
}

/** Returns the ids of all processes that descend from one. */
export function listDescendants(pid: number, rows: readonly ProcessRow[] = listProcesses()): number[] {
  const children = rows.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child.pid, ...listDescendants(child.pid, rows)]);
}

export function sumTree(rows: readonly ProcessRow[], root: number): number {
  const own = rows.find((row) => row.pid === root)?.cpuMicros ?? 0;
  const children = rows.filter((row) => row.parent === root);
  return children.reduce((sum, child) => sum + sumTree(rows, child.pid), own);
}

function listProcesses(): ProcessRow[] {
  return process.platform === "linux" ? listLinuxProcesses() : parsePs(listByPs());
}

function listLinuxProcesses(): ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const pid = Number(name);
        const { parent } = parseStat(readFileSync(`/proc/${name}/stat`, "latin1"));
        return [{ pid, parent, cpuMicros: readThreadsCpuMicros(pid) }];
      } catch {
        return []; // It has ended since it was listed.
      }
    });
}

/** Reads /proc/<pid>/stat. The program's name, in parentheses, may itself contain spaces and parentheses. */
export function parseStat(text: string): { readonly parent: number; readonly cpuMicros: number } {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), cpuMicros: (Number(fields[11]) + Number(fields[12])) * TICK_MICROS };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}

function listByPs(): string {
  // In the language of C: others write the hundredths of a second behind a comma.
  const env = { ...process.env, LC_ALL: "C" };
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,time="], { encoding: "utf8", env });
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
