// Users whose ids must be new, inserted at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createUniqueInsert } from "../../services/storage/unique-inserts.ts";
import { userWithId } from "../helpers/users.ts";

test("a batch that waited for one of its ids looks again whether another has come meanwhile", async () => {
  const stored: string[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const insertNew = createUniqueInsert(
    (id) => stored.includes(id),
    async (users) => {
      const end = Promise.withResolvers<void>();
      ends.push(end);
      await end.promise;
      stored.push(...users.map(({ id }) => id));
    },
  );
  const insert = (...ids: string[]) => insertNew(ids.map((id) => userWithId(id)));
  const failing = assert.rejects(insert("b"), /full/);
  const batch = insert("a", "b", "c");
  const alone = insert("a");
  await nextTurn();
  ends[0]?.reject(new Error("the disk is full"));
  await failing;
  await nextTurn();
  for (const end of ends.slice(1)) end.resolve();
  assert.deepEqual(await Promise.all([batch, alone]), ["duplicate", "inserted"]);
  assert.deepEqual(stored, ["a"]);
});

test("a batch that waited is stored when what it waited for was not", async () => {
  let failures = 1;
  const stored: string[] = [];
  const insert = createUniqueInsert(
    (id) => stored.includes(id),
    async (users) => {
      await nextTurn();
      if (failures-- > 0) throw new Error("the disk is full");
      stored.push(...users.map(({ id }) => id));
    },
  );
  const failed = assert.rejects(insert([userWithId("a")]), /full/);
  assert.equal(await insert([userWithId("b"), userWithId("a")]), "inserted");
  await failed;
  assert.deepEqual(stored, ["b", "a"]);
});
