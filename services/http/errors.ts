// Every way in which a request can fail, and its answer.
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { StoreUnavailable, WritesUnsupported } from "../storage/faults.ts";
import { describeIssues, type Issue } from "./schemas.ts";

export const NOT_FOUND = { error: "not found" };
/** Seconds after which a client may try again when the store is away or locked. */
const RETRY_AFTER_SECONDS = 1;

interface Answer {
  readonly status: number;
  readonly body: { readonly error: string } | Issue[];
  readonly headers?: Record<string, string>;
  /** Whether it is the service's fault, which an operator should see. */
  readonly isFault?: boolean;
}

function answerTo(error: FastifyError | StoreUnavailable | WritesUnsupported): Answer {
  if (error instanceof StoreUnavailable) {
    return {
      status: 503,
      body: { error: error.message },
      headers: { "retry-after": String(RETRY_AFTER_SECONDS) },
      isFault: true,
    };
  }
  if (error instanceof WritesUnsupported) return { status: 500, body: { error: error.message } };
  const { validation, code, statusCode } = error as FastifyError;
  if (validation) return { status: 400, body: describeIssues(validation) };
  // An id that is not valid percent-encoding is an id that nobody has.
  if (code === "FST_ERR_BAD_URL") return { status: 404, body: NOT_FOUND };
  if (statusCode === 400) return { status: 400, body: [{ path: "", message: error.message }] };
  if (statusCode !== undefined && statusCode > 400 && statusCode < 500) {
    return { status: statusCode, body: { error: error.message } };
  }
  return { status: 500, body: { error: "internal error" }, isFault: true };
}

/** Answers a request that failed.
 * @param onFault receives what an operator should see */
export function sendError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  onFault: (error: Error, url: string) => void,
): FastifyReply {
  const { status, body, headers, isFault } = answerTo(error);
  if (isFault) onFault(error, request.url);
  return reply
    .code(status)
    .headers(headers ?? {})
    .send(body);
}
