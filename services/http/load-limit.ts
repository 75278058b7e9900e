// How many requests a service works on at once. Those beyond are refused before they cost anything: what waits for a store
// that has fallen behind would else grow without end.
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { StoreUnavailable } from "../storage/faults.ts";
import type { MeasuredResponse } from "./duration-histogram.ts";

// Made once: an error takes its stack with it, which is work for each request that is to cost none.
const OVERLOADED = new StoreUnavailable("too many requests at once");

/** The routes that ask the store for users or orders. */
const LIMITED = /^\/(users|orders)\b/;

/** Limits the requests of the routes of users and orders.
 * @param maxBatches how many batches may be on their way in at once, since their bodies are held in memory */
export function limitLoad(maxInFlight: number, maxBatches: number) {
  let inFlight = 0;
  let batches = 0;
  const release = (): void => void inFlight--;

  /** An onRoute hook: wraps the handler. */
  function limitRoute(route: RouteOptions): void {
    if (!LIMITED.test(route.url)) return;
    const { handler } = route;
    route.handler = function handleLimited(request, reply) {
      if (inFlight >= maxInFlight) throw OVERLOADED;
      inFlight++;
      (reply.raw as MeasuredResponse).release = release;
      return handler.call(this, request, reply);
    };
  }

  /** An onRequest hook of the route that takes batches. */
  function limitBatches(_request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    const isRefused = batches >= maxBatches;
    if (!isRefused) {
      batches++;
      reply.raw.once("close", () => void batches--);
    }
    done(isRefused ? OVERLOADED : undefined);
  }

  return { limitRoute, limitBatches, inFlight: () => inFlight };
}
