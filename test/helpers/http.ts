// A service in the process of the test, and a client that sends paths as they are written: fetch and inject
// would put "%2e" and "/.." in order before the server sees them.
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ReceivingTimes } from "../../services/http/limits.ts";
import { buildServer } from "../../services/http/server.ts";
import type { Durability, UserStore } from "../../services/storage/user-store.ts";
import { type Description, findDeviation } from "./description.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, parsed; undefined when it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects
  readonly json: any;
}

export interface TestService extends AsyncDisposable {
  readonly port: number;
  /** What the service has said to its operator. */
  readonly log: string[];
  readonly send: (
    method: string,
    path: string,
    body?: string | Buffer,
    headers?: OutgoingHttpHeaders,
  ) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
  /** Posts a value as JSON, or a text as if it were JSON. */
  readonly post: (body: unknown) => Promise<Answer>;
}

export const JSON_TYPE = { "content-type": "application/json" };
/** A body that every service which writes takes. */
export const ADA = { name: "Ada", email: "ada@example.com" };
export const NOT_FOUND = '{"error":"not found"}';

/** Serves a store on a free port. Closing the service leaves the store open. Every answer must be as the service's own
 * description says. */
export async function startService(
  store: UserStore,
  row: { approach?: string; durability?: Durability; receivingMs?: ReceivingTimes } = {},
): Promise<TestService> {
  const log: string[] = [];
  const options = { approach: "test", durability: "nothing", log: (line: string) => log.push(line) } as const;
  const app = buildServer(store, { ...options, ...row });
  await app.listen({ host: "127.0.0.1", port: 0 });
  // Not over the network, where it would be counted.
  const description = (await app.inject("/openapi.json")).json<Description>();
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });

  const send: TestService["send"] = (method, path, body, headers = body === undefined ? {} : JSON_TYPE) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        { agent, host: "127.0.0.1", port, method, path, headers },
        async (response) => {
          const answer = { status: response.statusCode ?? 0, headers: response.headers };
          const body = await text(response);
          const type = answer.headers["content-type"] ?? "";
          const deviation = findDeviation(description, {
            method,
            path,
            status: answer.status,
            type,
            text: body,
          });
          if (deviation !== null) reject(new Error(`${method} ${path}: ${deviation}`));
          resolve({ ...answer, text: body, json: parseOrUndefined(body) });
        },
      );
      outgoing.on("error", reject).end(body);
    });

  return {
    port,
    log,
    send,
    get: (path) => send("GET", path),
    post: (body) => send("POST", "/users", typeof body === "string" ? body : JSON.stringify(body)),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await app.close();
    },
  };
}

/** Posts users that are to be stored together. */
export function postBatch(service: TestService, users: unknown): Promise<Answer> {
  return service.send("POST", "/users/batch", JSON.stringify({ users }));
}

function parseOrUndefined(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
