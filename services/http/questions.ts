// The routes of questions other than the id. A store that does not answer one is a 501.
import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { QuestionUnsupported } from "../storage/faults.ts";
import type { Order } from "../storage/order.ts";
import { DEFAULT_LIMIT, type Question, type Questions } from "../storage/questions.ts";
import type { UserStore } from "../storage/user-store.ts";
import { STORE_FAILURES } from "./description.ts";
import { NOT_FOUND } from "./errors.ts";
import {
  countQuerySchema,
  countSchema,
  limitQuerySchema,
  listQuerySchema,
  listSchema,
  newOrderSchema,
  orderSchema,
  userOrdersSchema,
} from "./question-schemas.ts";
import type { Issue } from "./schemas.ts";

const QUERY_FAILURES = [400, ...STORE_FAILURES, 501] as const;
const NOT_ONE: Issue[] = [{ path: "", message: "must have one of email, emailDomain, createdSince" }];
const SOLD_OUT = { error: "none is left" };

interface ListQuery {
  readonly email?: string;
  readonly emailDomain?: string;
  readonly createdSince?: string;
  readonly limit?: string;
}

/** Adds the routes. `/users/count` comes before `/users/:id`, so nobody with the id "count" is found there (UNASKED_IDS). */
export function addQuestions(app: FastifyInstance, store: UserStore, approach: string): void {
  /** Returns what answers a question. @throws QuestionUnsupported */
  function answer<Q extends Question>(question: Q): Questions[Q] {
    const method = store.questions?.[question];
    if (method === undefined) throw new QuestionUnsupported(`${question} is not answered by ${approach}`);
    return method;
  }

  app.get<{ Querystring: ListQuery }>(
    "/users",
    {
      schema: { querystring: listQuerySchema, response: { 200: listSchema } },
      config: { failures: QUERY_FAILURES },
    },
    async (request, reply) => {
      const { limit: limitText, ...asked } = request.query;
      if (Object.keys(asked).length !== 1) return reply.code(400).send(NOT_ONE);
      const { email, emailDomain, createdSince } = asked;
      const limit = readLimit(limitText);
      if (email !== undefined) return { users: await answer("byEmail")(email, limit) };
      if (emailDomain !== undefined) return { users: await answer("byDomain")(emailDomain, limit) };
      return { users: await answer("since")(createdSince as string, limit) };
    },
  );

  app.get<{ Querystring: { createdSince: string } }>(
    "/users/count",
    {
      schema: { querystring: countQuerySchema, response: { 200: countSchema } },
      config: { failures: QUERY_FAILURES },
    },
    async ({ query }) => ({ count: await answer("countSince")(query.createdSince) }),
  );

  app.get<{ Params: { id: string } }>(
    "/users/:id/orders/count",
    { schema: { response: { 200: countSchema } }, config: { failures: [404, ...STORE_FAILURES, 501] } },
    async ({ params }, reply) => {
      const count = await answer("ordersOfUser")(params.id);
      return count === null ? reply.code(404).send(NOT_FOUND) : { count };
    },
  );

  app.get<{ Querystring: Pick<ListQuery, "limit"> }>(
    "/users/orders/count",
    {
      schema: { querystring: limitQuerySchema, response: { 200: userOrdersSchema } },
      config: { failures: QUERY_FAILURES },
    },
    async ({ query }) => ({ users: await answer("ordersByUser")(readLimit(query.limit)) }),
  );

  app.post<{ Body: Pick<Order, "user_id" | "item_id"> }>(
    "/orders",
    {
      schema: { body: newOrderSchema, response: { 201: orderSchema } },
      config: { failures: [400, 404, 409, 413, 415, ...STORE_FAILURES, 501] },
    },
    async ({ body: { user_id, item_id } }, reply) => {
      const order = { id: randomUUID(), user_id, item_id, created_at: new Date().toISOString() };
      const outcome = await answer("order")(order);
      if (outcome === "unknown") return reply.code(404).send(NOT_FOUND);
      if (outcome === "sold out") return reply.code(409).send(SOLD_OUT);
      return reply.code(201).send(order);
    },
  );
}

function readLimit(text: string | undefined): number {
  return text === undefined ? DEFAULT_LIMIT : Number(text);
}
