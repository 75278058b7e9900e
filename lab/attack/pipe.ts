// A connection over which requests go without waiting for the answers of those before them.
import { connect, type Socket } from "node:net";
import type { PreparedRequest } from "../../k6/lib/requests.ts";
import { formatRequest } from "../load/wire.ts";
import type { Address } from "../targets/service-group.ts";
import { count, type Tally } from "./tally.ts";

export interface Pipe {
  readonly socket: Socket;
  /** Sends requests one after the other. Their answers are counted as they come. */
  readonly ask: (requests: readonly PreparedRequest[]) => void;
  /** Requests that wait for their answer. */
  readonly waiting: () => number;
  /** Resolves when the connection is closed; requests without an answer are counted then. */
  readonly closed: Promise<void>;
}

export function openPipe({ host, port }: Address, tally: Tally): Pipe {
  const socket = connect({ host, port, noDelay: true });
  const expected: PreparedRequest[] = [];
  let first = 0;
  let rest = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    rest = takeAnswers(rest + text, (status, body) => {
      const request = expected[first++];
      if (request === undefined) tally.wrong.set(`${status} to nothing`, 1);
      else count(tally, request, status, Buffer.from(body, "latin1").toString());
    });
    if (first > 1_000) expected.splice(0, first);
    if (first > 1_000) first = 0;
  });
  // A service that refuses a connection closes it; what was asked over it is not answered.
  socket.on("error", () => {});
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.once("close", () => {
    tally.unanswered += expected.length - first;
    expected.length = 0;
    first = 0;
    resolve();
  });
  return {
    socket,
    ask(requests) {
      if (socket.destroyed) return;
      tally.asked += requests.length;
      for (const request of requests) expected.push(request);
      const authority = `${host}:${port}`;
      socket.write(requests.map((request) => formatRequest(request, authority)).join(""));
    },
    waiting: () => expected.length - first,
    closed,
  };
}

const NO_CHUNKS = "0\r\n\r\n";

/** Takes the whole answers from the beginning of a text, a character for a byte. Returns what is left. */
export function takeAnswers(text: string, onAnswer: (status: number, body: string) => void): string {
  let from = 0;
  while (true) {
    const headEnd = text.indexOf("\r\n\r\n", from);
    if (headEnd === -1) break;
    const head = text.slice(from, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    // Node itself answers a request without a host, in chunks of which there are none.
    const bodyStart = headEnd + 4 + (/\r\ntransfer-encoding: chunked/i.test(head) ? NO_CHUNKS.length : 0);
    if (text.length < bodyStart + length) break;
    onAnswer(Number(text.slice(from + 9, from + 12)), text.slice(bodyStart, bodyStart + length));
    from = bodyStart + length;
  }
  return from === 0 ? text : text.slice(from);
}
