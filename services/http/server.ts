// The HTTP service: the same routes, checks and metrics over whatever stores the users.
import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { WritesUnsupported } from "../storage/faults.ts";
import type { User } from "../storage/user.ts";
import type { Durability, UserStore } from "../storage/user-store.ts";
import {
  ANSWERS_METRICS,
  answersJson,
  BODY_FAILURES,
  collectRoutes,
  FIND_USER,
  FOUND_AFTERWARDS,
  STORE_FAILURES,
} from "./description.ts";
import { answerUnreadable, NOT_FOUND, sendError } from "./errors.ts";
import { createFaultLog } from "./fault-log.ts";
import { describeService } from "./info.ts";
import {
  bodyLimitOf,
  MAX_BATCH_BYTES,
  MAX_BATCHES,
  MAX_BODY_BYTES,
  MAX_HEAD_BYTES,
  MAX_NAME_CHARACTERS,
  MAX_PIPELINED,
  planLimits,
  RECEIVING_MS,
  type ReceivingTimes,
  readOpenFileLimit,
} from "./limits.ts";
import { limitLoad } from "./load-limit.ts";
import { createMetrics } from "./metrics.ts";
import { limitPipelines } from "./pipeline-limit.ts";
import { addQuestions } from "./questions.ts";
import {
  healthSchema,
  infoSchema,
  newUserSchemaWith,
  newUsersSchema,
  userSchema,
  usersSchema,
} from "./schemas.ts";

const PIPELINED = new Error(`one with more than ${MAX_PIPELINED} requests at once is closed`);
const DUPLICATE = { error: "a user with this id exists" };

export interface ServerOptions {
  readonly approach: string;
  readonly durability: Durability;
  /** Receives what an operator should see, one line each. */
  readonly log: (line: string) => void;
  /** The longest name that is stored, for data whose names are longer than people's. */
  readonly maxNameCharacters?: number;
  /** Shorter in tests. */
  readonly receivingMs?: ReceivingTimes;
}

/** Builds the service over a store. It does not listen, and does not close the store. */
export function buildServer(store: UserStore, options: ServerOptions): FastifyInstance {
  const { approach, durability, log, receivingMs = RECEIVING_MS } = options;
  const { maxNameCharacters = MAX_NAME_CHARACTERS } = options;
  const { Response, registry, measureRoute, markRoute, showInFlight } = createMetrics(store);
  const onFault = createFaultLog(log);
  const { collectRoute, describeRoutes } = collectRoutes();
  const limits = planLimits(readOpenFileLimit());
  const { limitRoute, limitBatches, inFlight } = limitLoad(limits.inFlight, MAX_BATCHES);
  showInFlight(inFlight);

  const app = Fastify({
    logger: false,
    serverFactory: (handle) =>
      createServer(
        {
          ServerResponse: Response as never,
          maxHeaderSize: MAX_HEAD_BYTES,
          headersTimeout: receivingMs.request,
          requestTimeout: receivingMs.request,
          keepAliveTimeout: receivingMs.keepAlive,
          connectionsCheckingInterval: receivingMs.check,
        },
        limitPipelines(handle, MAX_PIPELINED, receivingMs.keepAlive, () => onFault(PIPELINED, "connections")),
      ),
    clientErrorHandler: answerUnreadable,
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
  limitConnections(app.server, limits.connections, onFault);
  app.addHook("onRoute", collectRoute);
  app.addHook("onRoute", limitRoute);
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
    {
      schema: { operationId: FIND_USER, response: { 200: userSchema } },
      config: { failures: [404, ...STORE_FAILURES] },
    },
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
    {
      schema: { body: newUserSchemaWith(maxNameCharacters), response: { 201: userSchema } },
      bodyLimit: Math.max(MAX_BODY_BYTES, bodyLimitOf(maxNameCharacters)),
      links: FOUND_AFTERWARDS,
      config: { failures: BODY_FAILURES },
    },
    async (request, reply) => {
      const user = createUser(request.body);
      const outcome = await store.insert(user);
      if (outcome === "duplicate") return reply.code(409).send(DUPLICATE);
      return reply.code(201).send(user);
    },
  );

  app.post<{ Body: { users: NewUser[] } }>(
    "/users/batch",
    {
      schema: { body: newUsersSchema, response: { 201: usersSchema } },
      config: { failures: BODY_FAILURES },
      bodyLimit: MAX_BATCH_BYTES,
      onRequest: limitBatches,
    },
    async (request, reply) => {
      const users = request.body.users.map(createUser);
      if (store.insertMany === undefined)
        throw new WritesUnsupported(`createUsers is not supported by ${approach}: it has no batches`);
      const outcome = await store.insertMany(users);
      if (outcome === "duplicate") return reply.code(409).send(DUPLICATE);
      return reply.code(201).send({ users });
    },
  );

  addQuestions(app, store, approach);

  const health = answersJson("The store can answer.", healthSchema, STORE_FAILURES);
  app.get("/health", health, async () => {
    await store.check();
    return { status: "ok" };
  });

  const info = answersJson(
    "What runs, over what data, with which settings and versions.",
    infoSchema,
    STORE_FAILURES,
  );
  app.get("/info", info, () => describeService(store, approach, durability));

  app.get("/metrics", ANSWERS_METRICS, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );

  app.get("/openapi.json", answersJson("This description.", { type: "object" }, [500]), describeRoutes);

  return app;
}

/** Takes no more connections than there are descriptors for, and says when it refuses some. What else goes wrong with the
 * socket that listens is the operator's to know, and no reason to end. */
function limitConnections(
  server: FastifyInstance["server"],
  max: number,
  onFault: (error: Error, url: string) => void,
): void {
  server.maxConnections = max;
  const refused = new Error(`more than ${max} at once; those beyond are closed`);
  server.on("drop", () => onFault(refused, "connections"));
  // Until it listens an error is the reason why it does not.
  server.once("listening", () => server.on("error", (error) => onFault(error, "connections")));
}

type NewUser = Pick<User, "name" | "email">;

function createUser({ name, email }: NewUser): User {
  return { id: randomUUID(), name, email, created_at: new Date().toISOString() };
}
