// One connection, one request at a time: for those who want to know what a service does, and not how fast.
import { openConnection } from "./http-connection.ts";
import { formatRequest } from "./wire.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Conversation extends Disposable {
  /** Sends a request; the one before it has been answered. Rejects when the connection breaks or the signal aborts. */
  readonly ask: (request: Parameters<typeof formatRequest>[0]) => Promise<Answer>;
}

/** @throws Error when the connection is refused; the signal's reason when that aborts before it is open */
export async function openConversation(options: {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}): Promise<Conversation> {
  const { host, port, signal } = options;
  let waiting: PromiseWithResolvers<Answer> | null = null;
  let broken: Error | null = null;
  const fail = (error: Error) => {
    broken = error;
    waiting?.reject(error);
  };
  const connection = await openConnection({
    host,
    port,
    signal,
    onAnswer: (status, body) => waiting?.resolve({ status, body }),
    onFailure: fail,
  }).catch((error) => {
    throw signal.aborted ? signal.reason : error;
  });
  const stop = () => fail(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  return {
    async ask(request) {
      signal.throwIfAborted();
      if (broken !== null) throw broken;
      waiting = Promise.withResolvers();
      connection.send(formatRequest(request, `${host}:${port}`));
      return waiting.promise;
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      connection.close();
    },
  };
}
