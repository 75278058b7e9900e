// What is sent for an operation, and which answer is right. A wrong answer is never a fast answer.
import { seededId, seededUser } from "../../k6/lib/users.ts";
import type { Operation } from "../../k6/lib/workloads.ts";

/** A request as it goes over the socket, and a check of its answer. */
export interface Exchange {
  readonly request: string;
  /** Returns what is wrong with an answer, or null. */
  readonly check: (status: number, body: string) => string | null;
}

export interface ExchangeOptions {
  /** The Host header: host:port. */
  readonly authority: string;
  /** The seed of the stored users. */
  readonly dataSeed: number;
  /** Whether the service returns the user that was seeded, or only one with the right id. */
  readonly storesUsers: boolean;
}

const NOT_FOUND_BODY = '{"error":"not found"}';
/** Where the id ends in `{"id":"…`. */
const CREATED_ID_END = '{"id":"'.length + 36;

/** Builds the request for an operation and the check of its answer. */
export function buildExchange(operation: Operation, options: ExchangeOptions): Exchange {
  switch (operation.kind) {
    case "find":
      return buildFind(operation.index, options);
    case "miss":
      return buildMiss(operation.index, options);
    case "create":
      return buildCreate(operation.index, options);
  }
}

function getRequest(id: string, authority: string): string {
  return `GET /users/${id} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}

function buildFind(index: number, { authority, dataSeed, storesUsers }: ExchangeOptions): Exchange {
  const user = seededUser(dataSeed, index);
  const expected = storesUsers ? JSON.stringify(user) : `{"id":"${user.id}","name":"`;
  return {
    request: getRequest(user.id, authority),
    check: (status, body) => {
      if (status !== 200) return `status ${status}`;
      return (storesUsers ? body === expected : body.startsWith(expected)) ? null : "wrong body";
    },
  };
}

function buildMiss(index: number, { authority, dataSeed }: ExchangeOptions): Exchange {
  return {
    request: getRequest(seededId(dataSeed, index), authority),
    check: (status, body) => {
      if (status !== 404) return `status ${status}`;
      return body === NOT_FOUND_BODY ? null : "wrong body";
    },
  };
}

function buildCreate(index: number, { authority, dataSeed }: ExchangeOptions): Exchange {
  const { name, email } = seededUser(dataSeed, index);
  const body = JSON.stringify({ name, email });
  const expected = `","name":"${name}","email":"${email}","created_at":"`;
  return {
    request:
      `POST /users HTTP/1.1\r\nHost: ${authority}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    check: (status, answer) => {
      if (status !== 201) return `status ${status}`;
      return answer.startsWith(expected, CREATED_ID_END) ? null : "wrong body";
    },
  };
}
