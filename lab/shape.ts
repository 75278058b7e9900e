// Shapes of what is read from files and services: one declaration gives the type and the check.
import * as z from "zod";

/** An object with these fields and no others. */
export function object<const Fields extends z.core.$ZodShape>(fields: Fields) {
  return z.strictObject(fields).readonly();
}

export function list<Item extends z.core.SomeType>(item: Item) {
  return z.array(item).readonly();
}

/** Values by name, whatever the names. */
export function byName<Value extends z.core.SomeType>(value: Value) {
  return z.record(z.string(), value).readonly();
}

/** A value that has another shape than it should. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/**
 * Checks that a value has a shape.
 * @param place where it is from, for the message
 * @returns a copy of it, frozen
 * @throws ShapeError in one line: the place, the first field that is wrong, what was expected, how many more are wrong
 */
export function checkShape<T>(shape: z.ZodType<T>, value: unknown, place: string): T {
  const checked = shape.safeParse(value, { error: explain, reportInput: true });
  if (checked.success) return checked.data;
  const [first, ...more] = checked.error.issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
  const field = first.path.map(String).join(".");
  const others = more.length > 0 ? ` (and ${more.length} more)` : "";
  throw new ShapeError([place, ...(field === "" ? [] : [field]), `${first.message}${others}`].join(": "));
}

function explain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${issue.expected}, found ${show(issue.input)}`;
    case "invalid_value":
      return `expected ${issue.values.map(show).join(" or ")}, found ${show(issue.input)}`;
    case "invalid_union": {
      const types = issue.errors.flatMap(([first]) =>
        first?.code === "invalid_type" ? [first.expected] : [],
      );
      return `expected ${types.join(" or ")}, found ${show(issue.input)}`;
    }
    case "unrecognized_keys":
      return `expected no ${issue.keys.join(", ")}`;
    default:
      return undefined;
  }
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value !== null && typeof value === "object") return "an object";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
