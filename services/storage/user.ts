/** A user as it is stored and served, keys in this order. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly created_at: string;
}

/**
 * Reads one line of users.jsonl.
 * @throws SyntaxError that says what is wrong when the text is not JSON or not a user
 */
export function parseUser(text: string): User {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new SyntaxError("expected a JSON object");
  const user = value as Record<keyof User, unknown>;
  if (typeof user.id !== "string") throw new SyntaxError('expected a string in "id"');
  if (typeof user.name !== "string") throw new SyntaxError('expected a string in "name"');
  if (typeof user.email !== "string") throw new SyntaxError('expected a string in "email"');
  if (typeof user.created_at !== "string") throw new SyntaxError('expected a string in "created_at"');
  return value as User;
}
