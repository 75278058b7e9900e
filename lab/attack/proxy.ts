import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on connections go to this port; without one they are closed at once, as when nobody listens. */
  pointTo(port: number | undefined): void;
}

/** A TCP proxy: a port that stays the same while the server behind it comes back on another. */
export async function startProxy(target: number): Promise<TcpProxy> {
  let current: number | undefined = target;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (current === undefined) {
      client.destroy();
      return;
    }
    const upstream = connect(current, "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from
        .on("error", () => {})
        .once("close", () => {
          sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    pointTo(port) {
      current = port;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
