// Claim 21, judged by experiments with crashes that are made up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listLatestOutcomes } from "../../lab/crash/latest-outcomes.ts";
import type { CrashRecord } from "../../lab/crash/record.ts";
import { claimRules, judgeClaim } from "../../lab/lesson/claims.ts";
import type { ClaimRule } from "../../lab/lesson/finding.ts";
import { crashWith, outcome } from "../helpers/crash-record.ts";
import { evidenceOf } from "../helpers/lesson-evidence.ts";

const judge = (id: string, ...newestFirst: readonly CrashRecord[]) =>
  judgeClaim(
    claimRules.find((rule) => rule.id === id) as ClaimRule,
    evidenceOf([], { crash: listLatestOutcomes(newestFirst) }),
  );

test("what a kill leaves is judged by all kills of files of lines as the lesson has them", () => {
  assert.equal(judge("21a").verdict, "not measured");
  assert.equal(judge("21a", crashWith(outcome({ subject: "sqlite" }))).verdict, "not measured");
  const kills = (broken: number) =>
    crashWith(
      outcome({ figures: { rounds: 100, torn: 3, broken: 0 } }),
      outcome({ subject: "linear", figures: { rounds: 100, torn: 1, broken } }),
      outcome({ level: "none", figures: { rounds: 100, torn: 50, broken: 50 } }),
    );
  const { verdict, measured } = judge("21a", kills(0));
  assert.equal(verdict, "holds");
  assert.equal(
    measured,
    "0 lines broken before the last one after 200 kills, of which 4 left a truncated last line",
  );
  assert.equal(judge("21a", kills(1)).verdict, "does not hold");
});

test("a later run that asked something else hides no kill", () => {
  const kills = crashWith(outcome({ figures: { rounds: 100, torn: 3, broken: 1 } }));
  const later = { ...crashWith(outcome({ experiment: "tear", figures: { faults: 1 } })), run: "crash-late" };
  assert.equal(judge("21a", later, kills).verdict, "does not hold");
});

test("the lesson's reader is judged by the control that is it", () => {
  assert.equal(judge("21b").verdict, "not measured");
  assert.equal(judge("21b", crashWith(outcome({ experiment: "tear" }))).verdict, "not measured");
  const reader = (faults: number) =>
    outcome({ experiment: "tear", subject: "no-repair", figures: { places: 400, faults } });
  const skipping = outcome({ experiment: "tear", subject: "skip-bad-lines", figures: { faults: 391 } });
  const { verdict, measured } = judge("21b", crashWith(reader(397), skipping));
  assert.equal(verdict, "does not hold");
  assert.match(measured, /^of 400 cuts 397 .*; one that skips every bad line loses a user in 391$/);
  assert.equal(judge("21b", crashWith(reader(0))).verdict, "holds");
});
