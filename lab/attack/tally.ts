// What became of the requests of an attack.
import type { PreparedRequest } from "../../k6/lib/requests.ts";

export interface Tally {
  asked: number;
  /** Answered with the right status and the right body. */
  right: number;
  /** Answered 503, with an error in JSON. */
  refused: number;
  /** Not answered: the connection was closed before. */
  unanswered: number;
  /** Every other answer: how many, by what it was. */
  readonly wrong: Map<string, number>;
  /** Ids of the users that were answered 201. */
  readonly acknowledged: string[];
}

export function startTally(): Tally {
  return { asked: 0, right: 0, refused: 0, unanswered: 0, wrong: new Map(), acknowledged: [] };
}

/** Counts an answer. */
export function count(tally: Tally, request: PreparedRequest, status: number, body: string): void {
  if (status === request.status && request.isRightBody(body)) {
    tally.right++;
    if (status === 201) tally.acknowledged.push((JSON.parse(body) as { id: string }).id);
  } else if (status === 503 && isFault(body)) tally.refused++;
  else {
    const kind =
      status === request.status ? `${status} with a wrong body` : `${status} for ${request.status}`;
    tally.wrong.set(kind, (tally.wrong.get(kind) ?? 0) + 1);
  }
}

export function listWrong({ wrong }: Tally): string[] {
  return [...wrong].map(([kind, times]) => `${times} answered ${kind}`);
}

export function describeTally({ asked, right, refused, unanswered }: Tally): string {
  return `${asked} requests: ${right} answered rightly, ${refused} refused, ${unanswered} not answered`;
}

export function figuresOf({
  asked,
  right,
  refused,
  unanswered,
  acknowledged,
}: Tally): Record<string, number> {
  return { asked, right, refused, unanswered, acknowledged: acknowledged.length };
}

/** Whether a body is an error as the services' description has it, and tells nothing of the inside. */
export function isFault(body: string): boolean {
  try {
    const { error, ...others } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" && error !== "" && Object.keys(others).length === 0 && !leaks(body);
  } catch {
    return false;
  }
}

/** Whether a text names a place in the service: a path of a file, a line of a stack, an address of the database. */
export function leaks(text: string): boolean {
  return /\bat \S+ \(|node:|node_modules|\.[tj]s:\d|\/(services|home|root|tmp|data|lab|usr|work|var)\/|postgres:\/\//.test(
    text,
  );
}
