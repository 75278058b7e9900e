/** Lines about one kind of fault come at most this often. A database that is away fails every request alike. */
const INTERVAL_MS = 1_000;

/**
 * Returns a log for faults of requests: the first of a kind at once, then one line per interval that counts the rest.
 * @param nowMs a clock that only goes forward
 */
export function createFaultLog(
  log: (line: string) => void,
  nowMs: () => number = () => performance.now(),
): (error: Error, url: string) => void {
  const kinds = new Map<string, { untilMs: number; held: number }>();
  return (error, url) => {
    const cause = error.cause instanceof Error ? ` (${describeCause(error.cause)})` : "";
    const message = `${error.message}${cause}`.replace(/[\r\n]+/g, " ");
    const known = kinds.get(message);
    if (known !== undefined && nowMs() < known.untilMs) {
      known.held++;
      return;
    }
    const held =
      known === undefined || known.held === 0 ? "" : `; ${known.held} more of these since the last`;
    // A kind that was quiet for long is forgotten: messages may name ever new ids.
    if (kinds.size > 1_000) kinds.clear();
    kinds.set(message, { untilMs: nowMs() + INTERVAL_MS, held: 0 });
    log(`${url.slice(0, 200)}: ${message}${held}`);
  };
}

/** A host with two addresses fails with an error that has a code and no message of its own. */
function describeCause(cause: NodeJS.ErrnoException): string {
  return cause.message || cause.code || cause.name;
}
