import { ADA } from "./http.ts";

/** Objects that are not users, and the paths of what is wrong with them. */
export const wrongUsers: Record<string, [body: unknown, paths: string[]]> = {
  "nothing in it": [{}, ["email", "name"]],
  "no name": [{ email: ADA.email }, ["name"]],
  "no email": [{ name: ADA.name }, ["email"]],
  "an empty name": [{ ...ADA, name: "" }, ["name"]],
  "a name of 201 characters": [{ ...ADA, name: "n".repeat(201) }, ["name"]],
  "a name of 201 emoji": [{ ...ADA, name: "🦊".repeat(201) }, ["name"]],
  "a name with a NUL": [{ ...ADA, name: "a\0b" }, ["name"]],
  "a name with half of an emoji": [{ ...ADA, name: "a\ud83e" }, ["name"]],
  "a name that is the other half": [{ ...ADA, name: "\udd8a" }, ["name"]],
  "both wrong": [{ name: 1, email: null }, ["email", "name"]],
  "an unknown property": [{ ...ADA, role: "admin" }, ["role"]],
  "properties that a store fills in": [{ ...ADA, id: "x", created_at: "y" }, ["created_at", "id"]],
  "properties of every object": [{ ...ADA, constructor: 1, toString: 2 }, ["constructor", "toString"]],
  "a property with signs": [{ ...ADA, "a/b.c~d": 1 }, ["a/b.c~d"]],
};

/** Texts that are no email address. */
export const wrongEmails = [
  ...["", "ada", "@", "ada@", "@example.com", "ada@example", "ada@example.", "ada@.", "a@b@example.com"],
  ...["a da@example.com", "ada@exam ple.com", "ada@example.com ", "ada@example.com\n", "\tada@example.com"],
  ...["a\0a@example.com", "ada@example.c\0m", "a\ud800@example.com", `${"a".repeat(243)}@example.com`],
];
