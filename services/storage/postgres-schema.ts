import type postgres from "postgres";

/** Runs statements that create what is missing, all or none. Two services that start together on an empty database would create the
 * same things; one waits for the other. */
export async function createMissing(sql: postgres.Sql, statements: string): Promise<void> {
  // What is sent as one text is one transaction.
  await sql.unsafe(`SELECT pg_advisory_xact_lock(8146);${statements}`);
}
