// Questions other than the id, asked of PostgreSQL. The statements are prepared by the driver, for each connection once.
import type postgres from "postgres";
import type { UserQuestions } from "./questions.ts";
import { POSTGRES_DOMAIN } from "./sql-indexes.ts";
import type { User } from "./user.ts";

/** @param getSql returns the pool as it is now */
export function askUsers(getSql: () => postgres.Sql): UserQuestions {
  const list = async (condition: string, value: string, limit: number): Promise<User[]> =>
    getSql().unsafe<User[]>(
      `SELECT id, name, email, created_at FROM users WHERE ${condition} ${NEWEST} LIMIT $2`,
      [value, limit],
      PREPARED,
    );
  return {
    byEmail: (email, limit) => list("email = $1", email, limit),
    byDomain: (domain, limit) => list(`${POSTGRES_DOMAIN} = $1`, domain, limit),
    since: (time, limit) => list('created_at COLLATE "C" >= $1', time, limit),
    async countSince(time) {
      const [row] = await getSql()<[{ count: string }]>`
        SELECT count(*) FROM users WHERE created_at COLLATE "C" >= ${time}`;
      return Number(row.count);
    },
  };
}

/** How lists are ordered. */
export const NEWEST = 'ORDER BY created_at COLLATE "C" DESC, id COLLATE "C" DESC';
export const PREPARED = { prepare: true };
