// A connection that sends what it is told, HTTP or not.
import { connect, type Socket } from "node:net";

export interface RawConnection {
  readonly socket: Socket;
  /** What has come back. */
  readonly received: () => string;
  /** Resolves to what has come back when the other side has closed the connection. */
  readonly closed: Promise<string>;
}

export function openRaw(port: number, text = ""): RawConnection {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let received = "";
  socket.setEncoding("utf8").on("data", (data: string) => {
    received += data;
  });
  socket.on("error", () => {});
  // A reset ends it as well: so ends a connection that is closed before all that was sent over it is read.
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  socket.once("close", () => resolve(received));
  if (text !== "") socket.write(text);
  return { socket, received: () => received, closed };
}

/** Sends a text byte by byte until the connection is closed. Resolves to what has come back. */
export async function drip(connection: RawConnection, text: string, intervalMs: number): Promise<string> {
  let sent = 0;
  const timer = setInterval(() => connection.socket.write(text[sent++ % text.length] as string), intervalMs);
  const received = await connection.closed;
  clearInterval(timer);
  return received;
}

/** Splits what came back over one connection into answers: status and body. */
export function splitAnswers(received: string): { readonly status: number; readonly body: string }[] {
  const answers = [];
  let rest = received;
  while (rest.length > 0) {
    const headEnd = rest.indexOf("\r\n\r\n");
    const head = rest.slice(0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    answers.push({ status: Number(rest.slice(9, 12)), body: rest.slice(headEnd + 4, headEnd + 4 + length) });
    rest = rest.slice(headEnd + 4 + length);
  }
  return answers;
}
