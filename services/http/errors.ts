// Every way in which a request can fail, and its answer.
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { QuestionUnsupported, StoreUnavailable, WritesUnsupported } from "../storage/faults.ts";
import { describeIssues, type Issue } from "./schemas.ts";

export const NOT_FOUND = { error: "not found" };
/** Seconds after which a client may try again when the store is away or locked. */
const RETRY_AFTER_SECONDS = 1;
/** Without a descriptor no file can be opened; others will be given back. */
const OUT_OF_FILES = new Set(["EMFILE", "ENFILE"]);
/** What is wrong with a request whose head cannot be read, by Node's code for it; any other is no HTTP. */
const UNREADABLE: Readonly<Record<string, readonly [status: number, error: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "the request took too long to arrive"],
  HPE_HEADER_OVERFLOW: [431, "the head of the request is too long"],
};

interface Answer {
  readonly status: number;
  readonly body: { readonly error: string } | Issue[];
  readonly headers?: Record<string, string>;
  /** Whether it is the service's fault, which an operator should see. */
  readonly isFault?: boolean;
}

function answerTo(error: FastifyError | StoreUnavailable | WritesUnsupported | QuestionUnsupported): Answer {
  if (error instanceof StoreUnavailable) return unavailable(error.message);
  if (error instanceof WritesUnsupported) return { status: 500, body: { error: error.message } };
  if (error instanceof QuestionUnsupported) return { status: 501, body: { error: error.message } };
  const { validation, code, statusCode } = error as FastifyError;
  if (OUT_OF_FILES.has(code)) return unavailable("too many open files");
  if (validation) return { status: 400, body: describeIssues(validation) };
  // An id that is not valid percent-encoding is an id that nobody has.
  if (code === "FST_ERR_BAD_URL") return { status: 404, body: NOT_FOUND };
  if (statusCode === 400) return { status: 400, body: [{ path: "", message: error.message }] };
  if (statusCode !== undefined && statusCode > 400 && statusCode < 500) {
    return { status: statusCode, body: { error: error.message } };
  }
  return { status: 500, body: { error: "internal error" }, isFault: true };
}

function unavailable(error: string): Answer {
  const headers = { "retry-after": String(RETRY_AFTER_SECONDS) };
  return { status: 503, body: { error }, headers, isFault: true };
}

/** Answers a request that could not be read, and closes its connection: where the next one would begin is unknown. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, message] = UNREADABLE[error.code ?? ""] ?? [400, "the request is no HTTP"];
  const body = JSON.stringify({ error: message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json; charset=utf-8",
    `content-length: ${body.length}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
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
