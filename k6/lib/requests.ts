// What is sent for an operation, and which answer is right: the same for every load generator.
// A wrong answer is never a fast answer.
import { type Answers, computeAnswers, formatCount, formatUsers, LIST_LIMIT, sinceOf } from "./answers.ts";
import { countSeededOrders, itemId } from "./shop.ts";
import { DOMAINS, type SeededUser, seededId, seededUser } from "./users.ts";
import { type Operation, type Workload, type WorkloadName, workloads } from "./workloads.ts";

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
  /** For the workloads that need them. */
  readonly answers?: Answers | undefined;
  /** Returns the user of an index, where users are not those of the seed. */
  readonly userAt?: ((index: number) => SeededUser) | undefined;
}

/** Computes the right answers ahead of a load, where its workload needs them. */
export function findAnswers(name: WorkloadName, dataSeed: number, size: number): Answers | undefined {
  const { needsAnswers }: Workload = workloads[name];
  return needsAnswers ? computeAnswers(dataSeed, size) : undefined;
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
    case "byEmail":
      return prepareByEmail(operation.index, options);
    case "ordersOfUser":
      return prepareOrdersOfUser(operation.index, options);
    case "order":
      return prepareOrder(operation, options);
    default:
      return prepareQuestion(operation, options);
  }
}

function prepareByEmail(index: number, { dataSeed }: DataOptions): PreparedRequest {
  const user = seededUser(dataSeed, index);
  return expectGet(`/users?email=${user.email}`, formatUsers([user]));
}

function prepareOrdersOfUser(index: number, { dataSeed }: DataOptions): PreparedRequest {
  const count = formatCount(countSeededOrders(dataSeed, index));
  return expectGet(`/users/${seededId(dataSeed, index)}/orders/count`, count);
}

function prepareQuestion(
  { kind, index }: Extract<Operation, { kind: "byDomain" | "since" | "countSince" | "ordersByUser" }>,
  { answers }: DataOptions,
): PreparedRequest {
  if (answers === undefined) throw new Error(`the answers to ${kind} have not been computed`);
  const limit = `limit=${LIST_LIMIT}`;
  switch (kind) {
    case "byDomain":
      return expectGet(`/users?emailDomain=${DOMAINS[index]}&${limit}`, answers.byDomain[index]);
    case "since":
      return expectGet(`/users?createdSince=${sinceOf(index)}&${limit}`, answers.since[index]);
    case "countSince":
      return expectGet(`/users/count?createdSince=${sinceOf(index)}`, answers.countSince[index]);
    case "ordersByUser":
      return expectGet(`/users/orders/count?${limit}`, answers.ordersByUser);
  }
}

function expectGet(path: string, expected: string | undefined): PreparedRequest {
  return { method: "GET", path, body: null, status: 200, isRightBody: (body) => body === expected };
}

function prepareOrder(
  { index, item }: { readonly index: number; readonly item: number },
  { dataSeed }: DataOptions,
): PreparedRequest {
  return preparePost("/orders", { user_id: seededId(dataSeed, index), item_id: itemId(item) });
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
  return preparePost("/users", { name, email });
}

/** What is answered is what was sent, between an id and a time. */
function preparePost(path: string, sent: Readonly<Record<string, string>>): PreparedRequest {
  const body = JSON.stringify(sent);
  const expected = `",${body.slice(1, -1)},"created_at":"`;
  return {
    method: "POST",
    path,
    body,
    status: 201,
    isRightBody: (answer) => answer.startsWith(expected, CREATED_ID_END),
  };
}
