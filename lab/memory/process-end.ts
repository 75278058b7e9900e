// Why a process ended that had a limit of memory: by its signal, its code, what it said and what the system counted. Pure.
import type { ProcessEnd } from "../targets/child.ts";

/** Who ended it: the system for want of memory, V8 at the limit of its heap, the service itself, or something else. */
export type EndCause = "killed" | "heap" | "refused" | "other";

/** What V8 writes before it ends the process with SIGABRT. */
const HEAP_ERROR = /FATAL ERROR: (.*)/;
const HEAP_LIMIT = /heap out of memory|heap limit/i;

/** Says in one line why a process has ended.
 * @param log what it wrote to stderr
 * @param oomKills of its group */
export function tellEnd({
  code,
  signal,
  log,
  oomKills,
}: ProcessEnd & { readonly log: string; readonly oomKills: number }): {
  readonly cause: EndCause;
  readonly words: string;
} {
  if (signal === "SIGKILL" && oomKills > 0)
    return { cause: "killed", words: "killed by the system: it asked for more memory than the limit" };
  const [, fatal = ""] = HEAP_ERROR.exec(log) ?? [];
  if (HEAP_LIMIT.test(fatal)) return { cause: "heap", words: `ended by V8: ${fatal}` };
  const last = log.trim().split("\n").at(-1) ?? "";
  if (signal === null && code !== 0) return { cause: "refused", words: `gave up with code ${code}: ${last}` };
  return { cause: "other", words: `ended by ${signal ?? `code ${code}`}${last === "" ? "" : `: ${last}`}` };
}
