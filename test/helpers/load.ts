// Servers for load generators to ask, which answer as well or as badly as a test wants.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { seededUser } from "../../k6/lib/users.ts";
import type { Load } from "../../lab/load/generator.ts";

export const SIZE = 100;
export const users = Array.from({ length: SIZE }, (_, index) => seededUser(1, index));
const bodies = new Map(users.map((user) => [`/users/${user.id}`, JSON.stringify(user)]));

/** Returns the right body of a GET, undefined for an id that no user has. */
export const bodyOf = (path: string | undefined) => bodies.get(path ?? "");

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers the reading workloads. */
export const answerRightly: Answer = (request, response) => void response.end(bodyOf(request.url));

/** Answers every workload. */
export const answerAny: Answer = (request, response) => {
  if (request.method === "GET") {
    const body = bodyOf(request.url);
    response.statusCode = body ? 200 : 404;
    response.end(body ?? '{"error":"not found"}');
    return;
  }
  let text = "";
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    const { name, email } = JSON.parse(text);
    const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    response.statusCode = 201;
    response.end(JSON.stringify({ id, name, email, created_at: "2020-01-01T00:00:00.000Z" }));
  });
};

/** A server that knows whether the measured window has begun. */
export interface LoadServer extends AsyncDisposable {
  /** What to ask of it: reads by 5 connections for 200 ms, unless a test says otherwise. */
  readonly load: (options?: Partial<Load>) => Load;
  /** Ends the warm-up. */
  readonly beforeMeasuring: () => Promise<void>;
  readonly isMeasured: () => boolean;
  /** Requests to the users' routes that came in the window. */
  readonly received: () => number;
}

/** Serves on a free port. */
export async function serveLoad(answer: Answer): Promise<LoadServer> {
  let isMeasured = false;
  let received = 0;
  const server = createServer((request, response) => {
    if (isMeasured && request.url?.startsWith("/users")) received++;
    answer(request, response);
  });
  const served = await serve(server);
  return {
    ...served,
    beforeMeasuring: async () => {
      isMeasured = true;
    },
    isMeasured: () => isMeasured,
    received: () => received,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Serves by any kind of server. */
export async function serve(server: Server): Promise<Pick<LoadServer, "load" | typeof Symbol.asyncDispose>> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    load: (options) => ({
      host: "127.0.0.1",
      port,
      workload: "read",
      size: SIZE,
      dataSeed: 1,
      seed: 2,
      storesUsers: true,
      connections: 5,
      warmupMs: 20,
      durationMs: 200,
      waitLimitMs: 10_000,
      ...options,
    }),
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
