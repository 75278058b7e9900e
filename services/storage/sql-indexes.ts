// The indexes that find users by more than their ids, in SQLite and in PostgreSQL. Each ends with what its list is ordered by,
// so that the newest are read off its end.

/** What stands behind the first @ of the email, or all of it where there is none. */
export const SQLITE_DOMAIN = "substr(email, instr(email, '@') + 1)";
export const POSTGRES_DOMAIN = "substring(email FROM position('@' IN email) + 1)";

export const CREATE_SQLITE_INDEXES = `
CREATE INDEX IF NOT EXISTS users_email ON users (email, created_at, id);
CREATE INDEX IF NOT EXISTS users_domain ON users (${SQLITE_DOMAIN}, created_at, id);
CREATE INDEX IF NOT EXISTS users_created ON users (created_at, id);`;

/** Text is compared by its bytes, as everywhere here, whatever the database's own language. */
export const CREATE_POSTGRES_INDEXES = `
CREATE INDEX IF NOT EXISTS users_email ON users (email, created_at COLLATE "C", id COLLATE "C");
CREATE INDEX IF NOT EXISTS users_domain ON users ((${POSTGRES_DOMAIN}), created_at COLLATE "C", id COLLATE "C");
CREATE INDEX IF NOT EXISTS users_created ON users (created_at COLLATE "C", id COLLATE "C");`;
