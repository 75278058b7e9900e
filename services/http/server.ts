// The HTTP service: the same routes, checks and metrics over whatever stores the users.
import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { WritesUnsupported } from "../storage/faults.ts";
import type { User } from "../storage/user.ts";
import type { Durability, UserStore } from "../storage/user-store.ts";
import { NOT_FOUND, sendError } from "./errors.ts";
import { createFaultLog } from "./fault-log.ts";
import { describeService } from "./info.ts";
import { createMetrics } from "./metrics.ts";
import { newUserSchema, newUsersSchema, userSchema, usersSchema } from "./schemas.ts";

const MAX_BODY_BYTES = 16 * 1024;
/** Room for a hundred users with the longest name and email there can be, in UTF-8. */
const MAX_BATCH_BYTES = 256 * 1024;
const DUPLICATE = { error: "a user with this id exists" };
/** Room for an id of 10,000 characters in percent-encoding, which deserves a 404 like any other. */
const MAX_HEAD_BYTES = 128 * 1024;

export interface ServerOptions {
  readonly approach: string;
  readonly durability: Durability;
  /** Receives what an operator should see, one line each. */
  readonly log: (line: string) => void;
}

/** Builds the service over a store. It does not listen, and does not close the store. */
export function buildServer(store: UserStore, { approach, durability, log }: ServerOptions): FastifyInstance {
  const { Response, registry, measureRoute, markRoute } = createMetrics(store);
  const onFault = createFaultLog(log);

  const app = Fastify({
    logger: false,
    http: { ServerResponse: Response as never, maxHeaderSize: MAX_HEAD_BYTES },
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_HEAD_BYTES },
    exposeHeadRoutes: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true } },
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, onFault),
  });
  app.removeContentTypeParser("text/plain");
  const parseJson = app.getDefaultJsonParser("error", "error");
  // Fastify alone would put U+FFFD for what is no UTF-8, and a name would be stored that nobody sent.
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    if (isUtf8(body)) parseJson(request, body.toString(), done);
    else done(Object.assign(new Error("Body is not valid UTF-8"), { statusCode: 400 }));
  });
  app.addHook("onRoute", measureRoute);
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(NOT_FOUND));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    // Fastify reads the body of a request even when it has no route; what is wrong with it does not matter.
    if (request.is404) return reply.code(404).send(NOT_FOUND);
    markRoute(request, reply);
    return sendError(error, request, reply, onFault);
  });

  app.get<{ Params: { id: string } }>(
    "/users/:id",
    { schema: { response: { 200: userSchema } } },
    (request, reply) => {
      const send = (user: User | null) => {
        if (user === null) reply.code(404).send(NOT_FOUND);
        else reply.send(user);
      };
      const found = store.findById(request.params.id);
      // Nothing is returned: Fastify would wait for a reply, which is a thenable, by listeners on the response.
      if (found instanceof Promise) found.then(send).catch((error) => void reply.send(error));
      else send(found);
    },
  );

  app.post<{ Body: NewUser }>(
    "/users",
    { schema: { body: newUserSchema, response: { 201: userSchema } } },
    async (request, reply) => {
      const user = createUser(request.body);
      const outcome = await store.insert(user);
      if (outcome === "duplicate") return reply.code(409).send(DUPLICATE);
      return reply.code(201).send(user);
    },
  );

  app.post<{ Body: { users: NewUser[] } }>(
    "/users/batch",
    { schema: { body: newUsersSchema, response: { 201: usersSchema } }, bodyLimit: MAX_BATCH_BYTES },
    async (request, reply) => {
      const users = request.body.users.map(createUser);
      if (store.insertMany === undefined)
        throw new WritesUnsupported(`createUsers is not supported by ${approach}: it has no batches`);
      const outcome = await store.insertMany(users);
      if (outcome === "duplicate") return reply.code(409).send(DUPLICATE);
      return reply.code(201).send({ users });
    },
  );

  app.get("/health", async () => {
    await store.check();
    return { status: "ok" };
  });

  app.get("/info", () => describeService(store, approach, durability));

  app.get("/metrics", async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );

  return app;
}

type NewUser = Pick<User, "name" | "email">;

function createUser({ name, email }: NewUser): User {
  return { id: randomUUID(), name, email, created_at: new Date().toISOString() };
}
