/** A user as it is stored and served, keys in this order. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly created_at: string;
}

/** A line of users.jsonl of which only the id has been looked at. */
export interface UserRecord {
  readonly id: string;
}

/**
 * Reads one line of users.jsonl.
 * @throws SyntaxError that says what is wrong when the text is not JSON or not a user
 */
export function parseUser(text: string): User {
  return asUser(parseRecord(text));
}

/**
 * Reads one line of users.jsonl as far as a search needs it.
 * @throws SyntaxError that says what is wrong when the text is not JSON or has no id
 */
export function parseRecord(text: string): UserRecord {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new SyntaxError("expected a JSON object");
  if (typeof (value as UserRecord).id !== "string") throw new SyntaxError('expected a string in "id"');
  return value as UserRecord;
}

/** @throws SyntaxError that says what is wrong when a record is not a user */
export function asUser(record: UserRecord): User {
  const user = record as Record<keyof User, unknown>;
  if (typeof user.name !== "string") throw new SyntaxError('expected a string in "name"');
  if (typeof user.email !== "string") throw new SyntaxError('expected a string in "email"');
  if (typeof user.created_at !== "string") throw new SyntaxError('expected a string in "created_at"');
  return record as User;
}

/** Returns a user with these keys in this order and no others. */
export function toPlainUser({ id, name, email, created_at }: User): User {
  return { id, name, email, created_at };
}
