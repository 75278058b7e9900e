// Posting one user and asking for one user, each as an operation of a history.
import { prepareRequest } from "../../k6/lib/requests.ts";
import type { Add, Read } from "../history/operation.ts";
import type { Lane, Reply } from "./lane.ts";

/** A user whose POST was answered with 201. */
export interface Acknowledged {
  readonly element: number;
  readonly id: string;
  /** The answer, which every later GET must repeat. */
  readonly body: string;
}

/** Posts a user, whose element is its index among the seeded ones that no data file has.
 * @returns what came of it, the user that was acknowledged, and the status of the answer, null where there was none */
export async function postUser(
  lane: Lane,
  element: number,
  dataSeed: number,
): Promise<{ readonly add: Add; readonly user: Acknowledged | null; readonly status: number | null }> {
  const request = prepareRequest({ kind: "create", index: element }, { dataSeed, storesUsers: true });
  const invokedMs = performance.now();
  const reply = await lane.ask(request);
  const endedMs = performance.now();
  const asked = { op: "add", element, process: lane.process, invokedMs, endedMs } as const;
  const status = "status" in reply ? reply.status : null;
  if (!("status" in reply) || reply.status !== request.status || !request.isRightBody(reply.body))
    return { add: { ...asked, ...judgeRefusal(reply) }, user: null, status };
  const { id } = JSON.parse(reply.body) as { id: string };
  return { add: { ...asked, outcome: "ok", id }, user: { element, id, body: reply.body }, status };
}

/**
 * Says what is known of a user whose POST was not answered with 201. A lock that was not got, and what the service calls
 * the client's fault, have changed nothing. Of everything else nobody knows: a server may fail after it has committed.
 */
export function judgeRefusal(reply: Reply): Pick<Add, "outcome"> & { readonly error: string } {
  const error = nameError(reply);
  if (!("status" in reply)) return { outcome: "unknown", error };
  const isRefused = (reply.status >= 400 && reply.status < 500) || error.startsWith("SQLITE_");
  return { outcome: isRefused ? "fail" : "unknown", error };
}

/** Names what went wrong: what a 503 says before its first colon, a status, or what happened to the connection. */
export function nameError(reply: Reply): string {
  if (!("status" in reply)) return reply.error;
  if (reply.status === 201 || reply.status === 200) return "wrong body";
  if (reply.status !== 503) return `status ${reply.status}`;
  return readKind(reply.body) ?? "status 503";
}

function readKind(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === "string" ? error.split(":", 1)[0] : undefined;
  } catch {
    return undefined;
  }
}

/** Asks for a user that was acknowledged. */
export async function readUser(lane: Lane, { element, id, body }: Acknowledged): Promise<Read> {
  const invokedMs = performance.now();
  const reply = await lane.ask({ method: "GET", path: `/users/${id}`, body: null });
  const endedMs = performance.now();
  return { op: "read", element, process: lane.process, invokedMs, endedMs, ...judgeRead(reply, body) };
}

export function judgeRead(reply: Reply, body: string): Pick<Read, "outcome"> & { error?: string } {
  if ("status" in reply && reply.status === 200) return { outcome: reply.body === body ? "found" : "wrong" };
  if ("status" in reply && reply.status === 404) return { outcome: "missing" };
  return { outcome: "fail", error: nameError(reply) };
}
