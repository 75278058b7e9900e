// How many requests of one connection may be under way. Node reads 64 KiB of a connection at a time and hands over every request
// in them at once: a few dozen clients that send without waiting would make all others wait for tens of thousands of answers.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const BODY = JSON.stringify({ error: "too many requests at once on one connection" });
const HEAD = {
  "content-type": "application/json; charset=utf-8",
  "content-length": BODY.length,
  "retry-after": "1",
  connection: "close",
};

/**
 * Wraps what handles requests. The request that is one too many on its connection is answered 503 after those before it, and the
 * connection is closed; what comes behind it is neither handled nor read.
 * @param unreadMs how long such a client may leave its answers unread before the connection is cut
 * @param onRefused told of each connection that is closed
 */
export function limitPipelines(
  handle: RequestListener,
  max: number,
  unreadMs: number,
  onRefused: () => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  const waitingOn = new WeakMap<Socket, number>();
  return (request, response) => {
    // A response has the connection unless another one before it has: a client that waits for its answers is not looked at.
    if (response.socket !== null) return void handle(request, response);
    const { socket } = request;
    const waiting = waitingOn.get(socket) ?? 0;
    if (waiting < max) {
      waitingOn.set(socket, waiting + 1);
      response.once("close", () => waitingOn.set(socket, (waitingOn.get(socket) as number) - 1));
      return void handle(request, response);
    }
    if (waiting === max) {
      refuse(response, socket, unreadMs);
      onRefused();
    }
    waitingOn.set(socket, Number.POSITIVE_INFINITY);
  };
}

function refuse(response: ServerResponse, socket: Socket, unreadMs: number): void {
  response.writeHead(503, HEAD).end(BODY);
  // Node resumes a connection whenever a request on it is over.
  socket.pause().on("resume", () => socket.pause());
  socket.setTimeout(unreadMs);
}
