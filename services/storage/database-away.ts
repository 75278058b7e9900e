// Errors of the database: who is away may come back.
import postgres from "postgres";

/** Classes of SQLSTATE that a later try may not meet: connection, resources, operator, system. Other errors with
 * a SQLSTATE are wrong queries or a wrong URL; of those without one, the socket's and the pool's have a code. */
export function isAway(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (error instanceof postgres.PostgresError) return /^(08|53|57|58)/.test(error.code);
  return typeof code === "string" && /^(CONNECT|E(?!RR_))/.test(code);
}

/** Says what went wrong: a host with two addresses fails with an error that has a code and no message. */
export function describeDatabaseError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}
