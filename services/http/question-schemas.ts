// The shapes of questions other than the id, and of their answers.
import { MAX_LIMIT } from "../storage/questions.ts";
import { userSchema } from "./schemas.ts";

const id = { type: "string", minLength: 1, maxLength: 200, pattern: "^[^\\u0000\\ud800-\\udfff]*$" } as const;
/** Queries are text. */
const limit = { type: "string", pattern: `^([1-9][0-9]?|${MAX_LIMIT})$` } as const;
/** A day, or a time as users have it. */
const createdSince = {
  type: "string",
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z)?$",
} as const;
const text = {
  type: "string",
  minLength: 1,
  maxLength: 254,
  pattern: "^[^\\u0000\\ud800-\\udfff]*$",
} as const;

export const listQuerySchema = {
  type: "object",
  additionalProperties: false,
  properties: { email: text, emailDomain: text, createdSince, limit },
} as const;

export const countQuerySchema = {
  type: "object",
  required: ["createdSince"],
  additionalProperties: false,
  properties: { createdSince },
} as const;

export const limitQuerySchema = {
  type: "object",
  additionalProperties: false,
  properties: { limit },
} as const;

export const newOrderSchema = {
  type: "object",
  required: ["user_id", "item_id"],
  additionalProperties: false,
  properties: { user_id: id, item_id: id },
} as const;

export const listSchema = {
  description: "The users, newest first.",
  type: "object",
  required: ["users"],
  properties: { users: { type: "array", maxItems: MAX_LIMIT, items: userSchema } },
} as const;

export const countSchema = {
  description: "How many.",
  type: "object",
  required: ["count"],
  properties: { count: { type: "integer", minimum: 0 } },
} as const;

export const userOrdersSchema = {
  description: "The newest users with their numbers of orders.",
  type: "object",
  required: ["users"],
  properties: {
    users: {
      type: "array",
      maxItems: MAX_LIMIT,
      items: {
        type: "object",
        required: ["id", "name", "orders"],
        properties: {
          id: { type: "string" },
          name: { type: "string" },
          orders: { type: "integer", minimum: 0 },
        },
      },
    },
  },
} as const;

export const orderSchema = {
  description: "The order.",
  type: "object",
  required: ["id", "user_id", "item_id", "created_at"],
  properties: {
    id: { type: "string" },
    user_id: { type: "string" },
    item_id: { type: "string" },
    created_at: { type: "string" },
  },
} as const;
