import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareRequest } from "../../k6/lib/requests.ts";
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";

const SEED = 1;
const stored = { dataSeed: SEED, storesUsers: true };
const user = seededUser(SEED, 3);
const other = seededUser(SEED, 4);

test("finding asks for the seeded id and takes nothing but that user for an answer", () => {
  const request = prepareRequest({ kind: "find", index: 3 }, stored);
  assert.deepEqual(
    [request.method, request.path, request.body, request.status],
    ["GET", `/users/${user.id}`, null, 200],
  );
  assert.ok(request.isRightBody(JSON.stringify(user)));
  const wrong = [other, { ...user, name: "Somebody Else" }, { id: user.id }, { error: "not found" }];
  for (const body of wrong) assert.ok(!request.isRightBody(JSON.stringify(body)), JSON.stringify(body));
  assert.ok(!request.isRightBody(JSON.stringify(user).slice(0, -1)));
  assert.ok(!request.isRightBody(""));
});

test("a store of nothing may invent the fields, but not the id", () => {
  const request = prepareRequest({ kind: "find", index: 3 }, { ...stored, storesUsers: false });
  assert.ok(request.isRightBody(JSON.stringify({ ...user, name: "Invented" })));
  assert.ok(!request.isRightBody(JSON.stringify(other)));
});

test("a miss expects 404 and its body", () => {
  const request = prepareRequest({ kind: "miss", index: FIRST_UNSTORED_INDEX }, stored);
  assert.equal(request.status, 404);
  assert.ok(request.isRightBody('{"error":"not found"}'));
  assert.ok(!request.isRightBody(JSON.stringify(seededUser(SEED, FIRST_UNSTORED_INDEX))));
});

test("creating sends name and email and expects them back with a new id", () => {
  const request = prepareRequest({ kind: "create", index: 3 }, stored);
  const { name, email, created_at } = user;
  assert.deepEqual(
    [request.method, request.path, request.status, JSON.parse(request.body as string)],
    ["POST", "/users", 201, { name, email }],
  );
  const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
  assert.ok(request.isRightBody(JSON.stringify({ id, name, email, created_at })));
  assert.ok(!request.isRightBody(JSON.stringify({ id, name: other.name, email, created_at })));
  assert.ok(!request.isRightBody(JSON.stringify([{ path: "name", message: "is required" }])));
});
