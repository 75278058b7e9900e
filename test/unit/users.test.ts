import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { FIRST_UNSTORED_INDEX, seededId, seededUser } from "../../k6/lib/users.ts";

const uint32 = fc.integer({ min: 0, max: 0xffffffff });

test("a seeded user is the same on every machine", () => {
  assert.deepEqual(seededUser(1, 0), {
    id: "2fef5c8f-ec5a-4c57-b197-297196076124",
    name: "Edsger Abadi",
    email: "user0@example.com",
    created_at: "2023-10-16T03:18:03.768Z",
  });
  const hash = createHash("sha256");
  for (let index = 0; index < 10_000; index++) hash.update(`${JSON.stringify(seededUser(1, index))}\n`);
  assert.equal(hash.digest("hex"), "26938d3ccfcd0fe98e5f125d3149270bc3026cd1506fa4ce7f3a19644e24bfdd");
});

test("ids look like random UUIDs of version 4", () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  fc.assert(fc.property(uint32, uint32, (seed, index) => assert.match(seededId(seed, index), UUID)));
});

test("ids of one seed are distinct, stored or not", () => {
  const indexes = Array.from({ length: 50_000 }, (_, index) => [index, FIRST_UNSTORED_INDEX + index]).flat();
  assert.equal(new Set(indexes.map((index) => seededId(1, index))).size, indexes.length);
});

test("ids of neighbours are not in order", () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => seededId(1, index));
  const ascending = ids.filter((id, index) => index > 0 && id > (ids[index - 1] as string)).length;
  assert.ok(ascending > 400 && ascending < 600, `${ascending} of 999`);
});

test("users pass the checks of POST and are written as they are served", () => {
  fc.assert(
    fc.property(uint32, uint32, (seed, index) => {
      const user = seededUser(seed, index);
      assert.deepEqual(Object.keys(user), ["id", "name", "email", "created_at"]);
      assert.ok(user.name.length >= 1 && user.name.length <= 200);
      assert.match(user.email, /^user\d+@[a-z]+\.[a-z]+$/);
      assert.equal(new Date(user.created_at).toISOString(), user.created_at);
    }),
  );
});
