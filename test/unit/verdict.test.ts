import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeTrial } from "../../lab/measure/verdict.ts";

const judge = (server: number, generator: number) => judgeTrial({ server, generator, isFaulty: false });

test("a busy service before an idle generator was the limit", () => {
  assert.equal(judge(0.97, 0.5), "server-limited");
});

test("a busy generator before an idle service was the limit", () => {
  assert.equal(judge(0.6, 0.95), "client-limited");
});

test("when both were busy, or neither, nobody is named", () => {
  assert.equal(judge(0.95, 0.95), "mixed");
  assert.equal(judge(0.3, 0.2), "mixed");
});

test("a service over more than one core, as with its database, is busy", () => {
  assert.equal(judge(1.4, 0.5), "server-limited");
});

test("errors make a trial invalid whoever was busy", () => {
  assert.equal(judgeTrial({ server: 0.97, generator: 0.5, isFaulty: true }), "invalid");
});
