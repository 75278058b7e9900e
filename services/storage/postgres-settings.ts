// What decides about PostgreSQL's commits: set for the pool's sessions, read back from the server.
import type postgres from "postgres";
import { SYNCED } from "./synced.ts";
import type { Durability } from "./user-store.ts";

/** What decides about what a commit survives, and about what it costs. */
const SETTINGS: readonly string[] = [
  "server_version",
  "synchronous_commit",
  "synchronous_standby_names",
  "fsync",
  "full_page_writes",
  "data_checksums",
  "wal_sync_method",
  "wal_level",
  "wal_buffers",
  "commit_delay",
  "checkpoint_timeout",
  "max_wal_size",
  "shared_buffers",
  "max_connections",
];

/** The session's synchronous_commit at each level. */
export const SYNCHRONOUS_COMMIT = { none: "off", process: "on", power: "on" } as const;

export async function readSettings(sql: postgres.Sql): Promise<Readonly<Record<string, string>>> {
  const rows = await sql<{ name: string; setting: string }[]>`
    SELECT name, current_setting(name) AS setting FROM pg_settings
    WHERE name IN ${sql(SETTINGS)} ORDER BY name`;
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}

/** Says what a commit survives with these settings. */
export function survivesCommit({ synchronous_commit, fsync }: Readonly<Record<string, string>>): Durability {
  if (synchronous_commit === "off") return "nothing";
  return fsync === "off" ? "process" : SYNCED;
}

/** @throws Error when the server does not have commits on the disk before it answers */
export async function assertPower(sql: postgres.Sql): Promise<void> {
  const settings = await readSettings(sql);
  if (survivesCommit(settings) === "power") return;
  const { synchronous_commit, fsync } = settings;
  throw new Error(
    `the server has synchronous_commit = ${synchronous_commit}, fsync = ${fsync}; DURABILITY=power expected both on`,
  );
}
