// One keep-alive HTTP/1.1 connection that asks again as soon as it is answered. As little as a measuring client
// needs: the answers of the lab's services carry a content-length, and arrive one at a time.
import { connect, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
const READ_BUFFER_BYTES = 64 * 1024;

/** Called with each complete answer. */
export type OnAnswer = (status: number, body: string) => void;

export interface HttpConnection {
  /** Sends one request. The previous one has been answered. */
  readonly send: (request: string) => void;
  readonly close: () => void;
}

/**
 * Opens a connection.
 * @param signal breaks it, also while it is being opened
 * @param onFailure called once when the connection breaks or the answer is not HTTP; not after `close`
 */
export function openConnection(options: {
  readonly host: string;
  readonly port: number;
  readonly signal?: AbortSignal;
  readonly onAnswer: OnAnswer;
  readonly onFailure: (error: Error) => void;
}): Promise<HttpConnection> {
  const { host, port, signal, onAnswer, onFailure } = options;
  let pending: Buffer | null = null;
  let isDone = false;

  const fail = (error: Error) => {
    if (isDone) return;
    isDone = true;
    socket.destroy();
    onFailure(error);
  };

  const receive = (bytes: Buffer) => {
    const received: Buffer = pending === null ? bytes : Buffer.concat([pending, bytes]);
    const headEnd = received.indexOf(HEAD_END, 0, "latin1");
    if (headEnd === -1) {
      pending = Buffer.from(received);
      return;
    }
    const head = received.toString("latin1", 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined || !head.startsWith("HTTP/1.1 ")) {
      fail(new Error(`expected HTTP/1.1 with a content-length, got ${JSON.stringify(head.slice(0, 80))}`));
      return;
    }
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = bodyStart + Number(length);
    if (received.length < bodyEnd) {
      pending = Buffer.from(received);
      return;
    }
    if (received.length > bodyEnd) {
      fail(new Error("more bytes than the answer has"));
      return;
    }
    pending = null;
    onAnswer(Number(head.slice(9, 12)), received.toString("utf8", bodyStart, bodyEnd));
  };

  const readBuffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  const socket: Socket = connect({
    host,
    port,
    noDelay: true,
    ...(signal !== undefined && { signal }),
    onread: {
      buffer: readBuffer,
      callback: (byteCount) => {
        receive(readBuffer.subarray(0, byteCount));
        return !isDone;
      },
    },
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the service closed the connection")));

  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve({
        send: (request) => socket.write(request),
        close: () => {
          isDone = true;
          socket.destroy();
        },
      });
    });
  });
}
