import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFieldPlaces, locateFields, RECORD_MIN_BYTES } from "../../services/storage/record-shape.ts";
import { parseUser } from "../../services/storage/user.ts";

/** Reads the record at the start of a text on bytes, or returns null when the shape is another. */
function readFields(text: string | Buffer) {
  const bytes = Buffer.from(text as string);
  const places = createFieldPlaces();
  const end = locateFields(bytes, 0, bytes.length, places);
  if (end === -1) return null;
  const field = (i: number) => bytes.toString("utf8", places[2 * i], places[2 * i + 1]);
  return { end, user: { id: field(0), name: field(1), email: field(2), created_at: field(3) } };
}

const text = fc.string({ unit: "binary" });
const user = fc.record({ id: text, name: text, email: text, created_at: text }, { noNullPrototype: true });
const line = '{"id":"1","name":"Zoë 🦊","email":"a@example.com","created_at":"2020-01-01T00:00:00.000Z"}';

test("a record as JSON.stringify writes it is recognised, with its fields and its end", () => {
  const bytes = Buffer.byteLength(line);
  assert.deepEqual(readFields(line), { end: bytes, user: JSON.parse(line) });
  assert.deepEqual(readFields(`${line}\n${line}`), { end: bytes, user: JSON.parse(line) });
  assert.equal(readFields('{"id":"","name":"","email":"","created_at":""}')?.end, RECORD_MIN_BYTES);
});

test("what is recognised is what JSON.parse reads", () => {
  fc.assert(
    fc.property(user, (value) => {
      const found = readFields(JSON.stringify(value));
      if (found !== null) assert.deepEqual(found.user, value);
    }),
  );
});

test("a record with any byte changed is recognised only if JSON.parse reads the same", () => {
  const bytes = Buffer.from(line);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(bytes);
      changed[at] = byte;
      const found = readFields(changed);
      if (found?.end === changed.length) assert.deepEqual(found.user, { ...parseUser(changed.toString()) });
    }),
    { numRuns: 5_000 },
  );
});

test("other shapes are left to JSON.parse", () => {
  const others = {
    "white space": line.replace(":", ": "),
    "an escape": line.replace("Zoë", "Zo\\u00eb"),
    "an id that is not ASCII": line.replace('"1"', '"é"'),
    "another order of keys": '{"name":"a","id":"1","email":"","created_at":""}',
    "one more key": line.replace("}", ',"more":1}'),
    "a control character": line.replace("Zoë", "Zo\t"),
    "a part of a record": line.slice(0, -1),
    nothing: "",
  };
  for (const [what, text] of Object.entries(others)) assert.equal(readFields(text), null, what);
});
