// What is sent for an operation, and which answer is right: the same for every load generator.
// A wrong answer is never a fast answer.
import { type SeededUser, seededId, seededUser } from "./users.ts";
import type { Operation } from "./workloads.ts";

export interface PreparedRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** JSON, or null for a GET. */
  readonly body: string | null;
  /** The status of the right answer. */
  readonly status: number;
  readonly isRightBody: (body: string) => boolean;
}

export interface DataOptions {
  /** The seed of the stored users. */
  readonly dataSeed: number;
  /** Whether the service returns the user that was seeded, or only one with the right id. */
  readonly storesUsers: boolean;
  /** Returns the user of an index, where users are not those of the seed. */
  readonly userAt?: ((index: number) => SeededUser) | undefined;
}

const NOT_FOUND_BODY = '{"error":"not found"}';
/** Where the id ends in `{"id":"…`. */
const CREATED_ID_END = '{"id":"'.length + 36;

export function prepareRequest(operation: Operation, options: DataOptions): PreparedRequest {
  switch (operation.kind) {
    case "find":
      return prepareFind(operation.index, options);
    case "miss":
      return prepareMiss(operation.index, options);
    case "create":
      return prepareCreate(operation.index, options);
  }
}

function prepareFind(index: number, { dataSeed, storesUsers, userAt }: DataOptions): PreparedRequest {
  const user = userAt?.(index) ?? seededUser(dataSeed, index);
  const expected = storesUsers ? JSON.stringify(user) : `{"id":${JSON.stringify(user.id)},"name":"`;
  return {
    method: "GET",
    path: `/users/${userAt === undefined ? user.id : encodeURIComponent(user.id)}`,
    body: null,
    status: 200,
    isRightBody: (body) => (storesUsers ? body === expected : body.startsWith(expected)),
  };
}

function prepareMiss(index: number, { dataSeed }: DataOptions): PreparedRequest {
  return {
    method: "GET",
    path: `/users/${seededId(dataSeed, index)}`,
    body: null,
    status: 404,
    isRightBody: (body) => body === NOT_FOUND_BODY,
  };
}

function prepareCreate(index: number, { dataSeed, userAt }: DataOptions): PreparedRequest {
  const { name, email } = userAt?.(index) ?? seededUser(dataSeed, index);
  const body = JSON.stringify({ name, email });
  const expected = `",${body.slice(1, -1)},"created_at":"`;
  return {
    method: "POST",
    path: "/users",
    body,
    status: 201,
    isRightBody: (body) => body.startsWith(expected, CREATED_ID_END),
  };
}
