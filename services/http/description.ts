// GET /openapi.json: what the routes themselves say of their requests and answers. Made when it is first asked for, by a
// second Fastify that only ever describes: a service that nobody asks neither loads the generator nor pays for it.
import Fastify, { type RouteOptions } from "fastify";
import { faultSchema, issuesSchema } from "./schemas.ts";

const DESCRIPTION = {
  openapi: "3.1.0",
  info: {
    title: "Users",
    version: "1.0.0",
    description:
      "One of several ways of storing users, behind the same routes. A request that cannot be read at all is answered " +
      "400, 408 (it took too long to arrive) or 431 (its head is too long), with an error as all others have, and its " +
      "connection is closed.",
  },
} as const;

/** What a request may be told when it does not go well. Each route names those that it can meet. */
const FAILURES = {
  400: { description: "The body, the query, or the request is wrong: what, and where.", ...issuesSchema },
  404: { description: "There is none.", ...faultSchema },
  409: { description: "A user with this id exists; none of the item is left.", ...faultSchema },
  413: { description: "The body is too long.", ...faultSchema },
  415: { description: "The body is no application/json.", ...faultSchema },
  500: { description: "The approach cannot do this at all, or something broke.", ...faultSchema },
  501: { description: "The approach does not answer this question.", ...faultSchema },
  503: {
    description: "The store is away, locked or overloaded: try again after the seconds of Retry-After.",
    ...faultSchema,
  },
} as const;

type Failure = keyof typeof FAILURES;

declare module "fastify" {
  interface FastifyContextConfig {
    /** The statuses of failures that the route may answer, for its description. */
    readonly failures?: readonly Failure[];
    /** What it answers with 200, where Fastify is given no schema to write that by. */
    readonly answer?: object;
  }
}

export const FIND_USER = "findUser";
/** A user that was created is found by its id. */
export const FOUND_AFTERWARDS = {
  201: { found: { operationId: FIND_USER, parameters: { id: "$response.body#/id" } } },
} as const;

/** The failures of any route that asks the store. */
export const STORE_FAILURES = [500, 503] as const;
/** The failures of a route that reads a body. */
export const BODY_FAILURES = [400, 409, 413, 415, ...STORE_FAILURES] as const;

/** Describes a route whose JSON is written as it comes. */
export function answersJson(description: string, schema: object, failures: readonly Failure[]) {
  return { config: { answer: { description, ...schema }, failures } };
}

/** Describes the route of the metrics. */
export const ANSWERS_METRICS = {
  config: {
    answer: {
      description: "Prometheus' text format.",
      content: { "text/plain": { schema: { type: "string" } } },
    },
    failures: [500],
  },
} as const;

/** Collects routes: an onRoute hook, and what then describes all it was told of. */
export function collectRoutes() {
  const routes: RouteOptions[] = [];
  let describing: Promise<object> | undefined;
  return {
    collectRoute: (route: RouteOptions): void => void routes.push(route),
    /** Resolves to the OpenAPI document. */
    describeRoutes: (): Promise<object> => {
      describing ??= describe(routes);
      return describing;
    },
  };
}

async function describe(routes: readonly RouteOptions[]): Promise<object> {
  const { default: swagger } = await import("@fastify/swagger");
  const app = Fastify({ exposeHeadRoutes: false });
  // It never answers anything.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => () => "");
  await app.register(swagger, { openapi: DESCRIPTION });
  for (const { method, url, schema, config, links } of routes) {
    const failures = (config?.failures ?? []).map((status) => [status, FAILURES[status]]);
    const answer = config?.answer === undefined ? schema?.response : { 200: config.answer };
    const response = { ...(answer as object), ...Object.fromEntries(failures) };
    app.route({ method, url, schema: { ...schema, response }, ...(links && { links }), handler: () => {} });
  }
  await app.ready();
  return app.swagger();
}
