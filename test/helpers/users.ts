import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import type { User } from "../../services/storage/user.ts";

/** Returns the first seeded users. */
export function someUsers(count: number): User[] {
  return Array.from({ length: count }, (_, index) => seededUser(DEFAULT_SEED, index));
}

/** Returns a user with this id, and what else is given. */
export function userWithId(id: string, fields: Partial<User> = {}): User {
  return {
    id,
    name: `Name of ${id}`,
    email: "a@example.com",
    created_at: "2024-05-06T07:08:09.010Z",
    ...fields,
  };
}

/** Returns the lines of users.jsonl for these users, in this order. */
export function toLines(users: readonly User[]): string {
  return users.map((user) => `${JSON.stringify(user)}\n`).join("");
}

/** Ids that nobody has, in every form that has ever made trouble. `id` is one that somebody has. */
export function unknownIds(id: string): Record<string, string> {
  return {
    "nothing at all": "",
    "a short word": "nope",
    "the nil UUID": "00000000-0000-0000-0000-000000000000",
    "the last UUID": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    __proto__: "__proto__",
    constructor: "constructor",
    toString: "toString",
    "a NUL": "\0",
    "a NUL between letters": "a\0b",
    "10,000 characters": "x".repeat(10_000),
    "10,000 characters beyond ASCII": "é漢".repeat(5_000),
    "a known id and a NUL": `${id}\0`,
    "a known id and a space": `${id} `,
    "a known id after a space": ` ${id}`,
    "a known id and a newline": `${id}\n`,
    "the beginning of a known id": id.slice(0, -1),
    "a known id and more": `${id}0`,
    "a known id in upper case": id.toUpperCase(),
    "an SQL fragment": "' OR '1'='1",
    "a LIKE pattern": "%",
    "a path": "../users.jsonl",
    "an emoji": "🦊",
  };
}

/** Writes some characters of keys and values as escapes, which JSON allows and does not need. */
export function escaped(json: string): string {
  return json.replace(/[^ -~]|[9a]/gu, (character) =>
    character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}
