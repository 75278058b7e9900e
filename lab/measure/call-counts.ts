// Which of a service's system calls belong to the requests that are to be counted, and what they add up to. Pure.
import type { RequestCounts } from "./request-counts.ts";
import type { SystemCall } from "./syscall-trace.ts";

/** A path that no service knows. A request for it stands before and behind those that are counted. */
export const MARK = "/counting";

const RECEIVES = /^(read|recv)/;
const REQUEST = /^(GET|POST) \//;
const READS = ["read", "pread64", "readv", "preadv", "preadv2"];
const WRITES = ["write", "pwrite64", "writev", "pwritev", "pwritev2"];
const SYNCS = ["fsync", "fdatasync", "sync_file_range", "sync_file_range2", "msync", "syncfs", "sync"];

/**
 * Counts what the requests between the last two marks cost, per request: from the moment the first is read until the mark
 * behind them is.
 * @param requests how many were made
 * @throws Error when the trace does not show so many there
 */
export function countCalls(
  calls: readonly SystemCall[],
  requests: number,
): Omit<RequestCounts, "approach" | "workload" | "size" | "usesDatabase"> {
  const [begin, end] = calls.flatMap((call, index) => (isMark(call) ? [index] : [])).slice(-2);
  const between = begin === undefined || end === undefined ? [] : calls.slice(begin + 1, end);
  const seen = between.filter(isRequest).length;
  if (seen !== requests) throw new Error(`strace shows ${seen} of ${requests} requests`);
  // Before the first there is the answer to the mark.
  const counted = between.slice(between.findIndex(isRequest)).filter(isOfFileOrSocket);
  const ofFiles = counted.filter(({ target }) => target === "file");
  return {
    requests,
    systemCalls: counted.length / requests,
    systemCallsByName: countNames(counted, requests),
    fileReadBytes: sumBytes(ofFiles, READS) / requests,
    fileWrittenBytes: sumBytes(ofFiles, WRITES) / requests,
    syncs: counted.filter(({ name }) => SYNCS.includes(name)).length / requests,
  };
}

function isRequest({ name, target, text }: SystemCall): boolean {
  return target === "socket" && RECEIVES.test(name) && REQUEST.test(text);
}

function isMark(call: SystemCall): boolean {
  return isRequest(call) && call.text.startsWith(`GET ${MARK} `);
}

function isOfFileOrSocket({ name, target }: SystemCall): boolean {
  return target !== "other" || SYNCS.includes(name);
}

function countNames(calls: readonly SystemCall[], requests: number): Readonly<Record<string, number>> {
  const byName = Map.groupBy(calls, ({ name }) => name);
  const counts = [...byName].map(([name, ofName]) => [name, ofName.length / requests] as const);
  return Object.fromEntries(counts.sort(([a, m], [b, n]) => n - m || a.localeCompare(b)));
}

function sumBytes(calls: readonly SystemCall[], names: readonly string[]): number {
  return calls
    .filter(({ name, result }) => names.includes(name) && result > 0)
    .reduce((sum, { result }) => sum + result, 0);
}
