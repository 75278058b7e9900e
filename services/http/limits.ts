// What a service takes on at most, so that nobody's load and nobody's slowness costs it more than it has.
// docs/SERVICES.md explains each; test/integration/limits.test.ts meets each.
import { readFileSync } from "node:fs";

/** Times for *receiving* a request, in milliseconds. How long an answer takes is the store's affair: a scan of a million
 * users under load takes half a minute, and is waited for. */
export interface ReceivingTimes {
  /** For a request with its body, and for its head alone, from the connection's opening or the first byte on. */
  readonly request: number;
  /** For another request on a connection that has had an answer. */
  readonly keepAlive: number;
  /** How often connections are looked at: none is cut earlier than it should, and none more than this later. */
  readonly check: number;
}

/** A minute is Node's own patience with a head; less would cut the connections that load generators open in advance and
 * leave silent. 72 s is Fastify's patience with an idle connection: clients and proxies give up earlier, so that they close
 * it and not the service. */
export const RECEIVING_MS: ReceivingTimes = { request: 60_000, keepAlive: 72_000, check: 1_000 };

/** Room for an id of 10,000 characters in percent-encoding, which deserves a 404 like any other. */
export const MAX_HEAD_BYTES = 128 * 1024;
export const MAX_BODY_BYTES = 16 * 1024;
/** Of a name that is stored, where the setting of that name says nothing else; and what it may say at most. */
export const MAX_NAME_CHARACTERS = 200;
export const MAX_NAME_LIMIT = 10_000_000;
/** JSON may take so many bytes for each of the two halves of a character. */
const JSON_BYTES_PER_CHARACTER = 12;

/** How long the body of a user may be who has such a name. */
export function bodyLimitOf(nameCharacters: number): number {
  return MAX_BODY_BYTES + JSON_BYTES_PER_CHARACTER * (nameCharacters - MAX_NAME_CHARACTERS);
}
/** Room for a hundred users with the longest name and email there can be, in UTF-8. */
export const MAX_BATCH_BYTES = 256 * 1024;
/** Batches that are being received at once: 64 MB of bodies. */
export const MAX_BATCHES = 256;
/** Requests of one connection that wait for the answer to an earlier one. Those who pipeline on purpose have some dozens
 * under way; as many take a service a millisecond. */
export const MAX_PIPELINED = 32;
/** A connection costs some kilobytes. */
const MAX_CONNECTIONS = 12_000;
/** A linear scan, which costs most, takes half a megabyte while it goes on: `npm run attack -- --only overload`. */
const MAX_IN_FLIGHT = 1_024;

/** What a service takes on at once. */
export interface LoadLimits {
  readonly connections: number;
  /** Requests that have been handed to the store and not been answered. */
  readonly inFlight: number;
}

/**
 * Divides the descriptors that the process may have open: five eighths for connections, two eighths for requests in
 * flight, of which each may have two files open, and the rest for the store and the process itself.
 */
export function planLimits(openFiles: number): LoadLimits {
  return {
    connections: Math.min(MAX_CONNECTIONS, Math.floor((openFiles * 5) / 8)),
    inFlight: Math.min(MAX_IN_FLIGHT, Math.floor(openFiles / 8)),
  };
}

/** Returns how many descriptors this process may have open. Node has raised its soft limit to the hard one. */
export function readOpenFileLimit(): number {
  const limits = process.platform === "linux" ? readFileSync("/proc/self/limits", "latin1") : "";
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1] ?? readReportedLimit();
  return /^\d+$/.test(String(soft)) ? Number(soft) : Number.POSITIVE_INFINITY;
}

/** Elsewhere than on Linux only Node's report has it, which costs some milliseconds. */
function readReportedLimit(): unknown {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: unknown } } };
  return userLimits?.open_files?.soft;
}
