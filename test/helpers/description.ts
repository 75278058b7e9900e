// Judges answers by what /openapi.json says of them.
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What is judged: an answer, and the method and path that were asked. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
const validators = new Map<object, ValidateFunction>();

/** Says in which way an answer is not as described; null for one that is, and where no route is described. */
export function findDeviation(description: Description, exchange: Exchange): string | null {
  const operation = findOperation(description, exchange.method, exchange.path);
  if (operation === undefined) return null;
  const response = operation.responses[exchange.status];
  if (response === undefined) return `status ${exchange.status} is not described`;
  const type = exchange.type.split(";")[0] ?? "";
  const content = response.content?.[type];
  if (content === undefined) return `${exchange.status} as ${type || "no type"} is not described`;
  const value = type === "application/json" ? JSON.parse(exchange.text) : exchange.text;
  let validate = validators.get(content.schema);
  if (validate === undefined) {
    validate = ajv.compile(content.schema);
    validators.set(content.schema, validate);
  }
  return validate(value) ? null : `${exchange.status}: ${ajv.errorsText(validate.errors)}`;
}

/** Finds what is said of a method and a path as it is written in a request. */
function findOperation({ paths }: Description, method: string, path: string): Operation | undefined {
  const written = path.split("?")[0] ?? "";
  const exact = paths[written]?.[method.toLowerCase()];
  if (exact !== undefined) return exact;
  const template = Object.keys(paths).find(
    (candidate) =>
      candidate.includes("{") &&
      new RegExp(`^${candidate.replaceAll(/\{\w+\}/g, "[^/]+")}$`, "s").test(written),
  );
  return template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
}
