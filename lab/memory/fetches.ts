// What processes had to fetch: page faults and bytes from disks, as Linux counts them (proc_pid_stat(5), proc_pid_io(5)).
import type { ReadText } from "../machine/system-text.ts";

export interface Fetches {
  /** Pages that a process touched which were in memory, and not yet its own. */
  readonly minorFaults: number;
  /** Pages that it touched which had to come from a disk. */
  readonly majorFaults: number;
  /** Bytes that disks were asked for, by faults and by reads. */
  readonly diskBytes: number;
}

/** Adds up what processes have fetched by now; those that have ended in the meantime are left out. */
export function sumFetches(pids: readonly number[], read: ReadText): Fetches {
  const each = pids.map((pid) =>
    parseFetches(read(`/proc/${pid}/stat`) ?? "", read(`/proc/${pid}/io`) ?? ""),
  );
  const sum = (name: keyof Fetches) => each.reduce((total, one) => total + one[name], 0);
  return { minorFaults: sum("minorFaults"), majorFaults: sum("majorFaults"), diskBytes: sum("diskBytes") };
}

/** The program's name, in parentheses, may itself contain spaces and parentheses. */
function parseFetches(stat: string, io: string): Fetches {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    minorFaults: Number(fields[7] ?? 0),
    majorFaults: Number(fields[9] ?? 0),
    diskBytes: Number(/^read_bytes: (\d+)$/m.exec(io)?.[1] ?? 0),
  };
}
