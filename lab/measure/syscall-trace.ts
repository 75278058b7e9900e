// What strace writes with -f and -y: one line per call, or two when another thread's came between. Pure.

export interface SystemCall {
  readonly name: string;
  /** What it worked on: of several things the first. Event queues, pipes, memory, time and what the kernel shows of itself
   * as files are "other". */
  readonly target: "file" | "socket" | "other";
  /** The first text among its arguments, as strace quotes and shortens it: data that was read or written, or a path. */
  readonly text: string;
  /** What it returned; negative when it failed. */
  readonly result: number;
}

const LINE = /^(?<thread>\d+) +(?:<\.\.\. (?<resumed>\w+) resumed>)?(?<rest>.*)$/;
const UNFINISHED = " <unfinished ...>";
/** Signals, and the ends of threads. */
const EVENT = /^(---|\+\+\+) /;
const CALL = /^(?<name>\w+)\((?<args>.*)\) += (?<result>-?\d+|0x[0-9a-f]+|\?)(?<rest>.*)$/;
/** With -y a descriptor is followed by what it is open on. */
const DESCRIPTOR = /^\d+<(?<target>[^>]*)>/;
const NAME = /^(?:AT_FDCWD(?:<[^>]*>)?, )?"(?<target>[^"]*)"/;
/** V8 looks at the clock's frequency when a thread of its own first needs it. */
const OF_KERNEL = /^\/(proc|sys)\//;
const TEXT = /"((?:[^"\\]|\\.)*)"/;

/**
 * Reads the calls in the order in which they returned. Those that did not return are left out: a call that a signal has
 * interrupted is made again.
 * @throws Error with a line that is none of strace's
 */
export function parseTrace(trace: string): SystemCall[] {
  const unfinished = new Map<string, string>();
  // What follows the last newline is a line that is still being written.
  const lines = trace.split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    const { thread = "", resumed, rest = "" } = LINE.exec(line)?.groups ?? {};
    if (EVENT.test(rest)) return [];
    if (rest.endsWith(UNFINISHED)) {
      unfinished.set(thread, rest.slice(0, -UNFINISHED.length));
      return [];
    }
    const text = resumed === undefined ? rest : `${unfinished.get(thread)}${rest}`;
    const call = CALL.exec(text)?.groups as Record<"name" | "args" | "result" | "rest", string> | undefined;
    if (call === undefined) throw new Error(`strace wrote a line that is not known: ${line}`);
    return call.result === "?" ? [] : parseCall(call);
  });
}

function parseCall(call: Readonly<Record<"name" | "args" | "result" | "rest", string>>): SystemCall {
  return {
    name: call.name,
    target: findTarget(call.args, `${call.result}${call.rest}`),
    text: TEXT.exec(call.args)?.[1] ?? "",
    result: Number(call.result),
  };
}

/** A call that makes a descriptor works on what that is open on. */
function findTarget(args: string, result: string): SystemCall["target"] {
  const name = NAME.exec(args)?.groups?.target;
  const target = name ?? (DESCRIPTOR.exec(args) ?? DESCRIPTOR.exec(result))?.groups?.target ?? "";
  if (target.startsWith("socket:")) return "socket";
  if (OF_KERNEL.test(target)) return "other";
  return name !== undefined || target.startsWith("/") ? "file" : "other";
}
