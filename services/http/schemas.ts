// The shapes of requests and answers, as JSON Schema for Fastify.
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { MAX_NAME_CHARACTERS } from "./limits.ts";

/** What no store can keep faithfully: NUL, which PostgreSQL refuses, and halves of surrogate pairs, which have no UTF-8. */
const UNSTORABLE = "\\u0000\\ud800-\\udfff";

const newUserSchema = {
  type: "object",
  required: ["name", "email"],
  additionalProperties: false,
  properties: {
    name: { type: "string", minLength: 1, maxLength: MAX_NAME_CHARACTERS, pattern: `^[^${UNSTORABLE}]*$` },
    email: {
      type: "string",
      maxLength: 254,
      pattern: `^[^\\s@${UNSTORABLE}]+@[^\\s@${UNSTORABLE}]+\\.[^\\s@.${UNSTORABLE}]+$`,
    },
  },
} as const;

/** Returns the schema of a user whose name may be longer. */
export function newUserSchemaWith(maxNameCharacters: number) {
  const { name, email } = newUserSchema.properties;
  return { ...newUserSchema, properties: { name: { ...name, maxLength: maxNameCharacters }, email } };
}

export const userSchema = {
  description: "The user.",
  type: "object",
  required: ["id", "name", "email", "created_at"],
  properties: {
    id: { type: "string" },
    name: { type: "string" },
    email: { type: "string" },
    created_at: { type: "string" },
  },
} as const;

/** Users that are to be stored together. */
export const newUsersSchema = {
  type: "object",
  required: ["users"],
  additionalProperties: false,
  properties: { users: { type: "array", minItems: 2, maxItems: 100, items: newUserSchema } },
} as const;

export const usersSchema = {
  description: "The users, in the order in which they were sent.",
  type: "object",
  required: ["users"],
  properties: { users: { type: "array", items: userSchema } },
} as const;

export const healthSchema = {
  type: "object",
  required: ["status"],
  properties: { status: { type: "string", enum: ["ok"] } },
} as const;

export const infoSchema = {
  type: "object",
  required: ["approach", "durability", "recordsAtStart", "dataBytes", "settings", "versions"],
  additionalProperties: false,
  properties: {
    approach: { type: "string" },
    durability: { type: "string", enum: ["nothing", "process", "power"] },
    recordsAtStart: { type: "integer", minimum: 0 },
    dataBytes: { type: "integer", minimum: 0 },
    settings: { type: "object", additionalProperties: { type: ["string", "number", "boolean"] } },
    versions: { type: "object", additionalProperties: { type: "string" } },
  },
} as const;

/** The answer to a request that failed, but for what is wrong with its own body. */
export const faultSchema = {
  type: "object",
  required: ["error"],
  additionalProperties: false,
  properties: { error: { type: "string", minLength: 1 } },
} as const;

export const issuesSchema = {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    required: ["path", "message"],
    additionalProperties: false,
    properties: { path: { type: "string" }, message: { type: "string", minLength: 1 } },
  },
} as const;

/** One thing that is wrong with a request. */
export interface Issue {
  /** Where: the property's path with dots, or "" for the body as a whole. */
  readonly path: string;
  /** What is wrong, for a person. */
  readonly message: string;
}

const PATTERN_MESSAGES: Record<string, string> = {
  name: "must not contain NUL or half of a surrogate pair",
  email: "must be an email address",
  limit: "must be a whole number from 1 to 100",
  createdSince: "must be a day or a time in UTC with milliseconds, as 2026-01-31 or 2026-01-31T12:00:00.000Z",
};

/** Says what the validator found. A missing or unknown property is named by its own path. */
export function describeIssues(errors: readonly FastifySchemaValidationError[]): Issue[] {
  return errors.map((error) => {
    const parent = error.instancePath.slice(1).replaceAll("/", ".");
    const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
    const path = [parent, missingProperty ?? additionalProperty].filter(Boolean).join(".");
    if (missingProperty !== undefined) return { path, message: "is required" };
    if (additionalProperty !== undefined) return { path, message: "is not expected" };
    if (error.keyword === "pattern")
      return { path, message: PATTERN_MESSAGES[path.split(".").at(-1) ?? ""] ?? "has a wrong form" };
    return { path, message: error.message ?? "is wrong" };
  });
}
