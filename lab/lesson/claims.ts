// All claims of the lessons, in their order, and what a lesson's evidence says of them. Pure.
import type { Claim } from "./claim.ts";
import { binary } from "./claims/binary.ts";
import { databases } from "./claims/databases.ts";
import { linear } from "./claims/linear.ts";
import { loading } from "./claims/loading.ts";
import { map } from "./claims/map.ts";
import { writing } from "./claims/writing.ts";
import { type Evidence, withoutNoise } from "./evidence.ts";
import type { ClaimRule } from "./finding.ts";

export const claimRules: readonly ClaimRule[] = [
  ...linear,
  ...map,
  ...binary,
  ...databases,
  ...loading,
  ...writing,
];

export function judgeClaims(evidence: Evidence): Claim[] {
  return claimRules.map((rule) => judgeClaim(rule, evidence));
}

/** Judges a claim. A verdict that trials on a noisy machine have turned round is none. */
export function judgeClaim({ id, topic, claim, judge }: ClaimRule, evidence: Evidence): Claim {
  const found = judge(evidence);
  const without = judge(withoutNoise(evidence)).verdict;
  if (!isOpposite(found.verdict, without)) return { id, topic, claim, ...found };
  const why = `It ${found.verdict} with the trials that met a noisy machine, and without them it ${without}.`;
  return { id, topic, claim, ...found, verdict: "cannot tell here", why };
}

/** Fewer trials make "cannot tell" likelier, which contradicts nothing. */
function isOpposite(one: Claim["verdict"], other: Claim["verdict"]): boolean {
  return [one, other].sort().join() === "does not hold,holds";
}
