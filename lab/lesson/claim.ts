// A claim of the lessons, and what was found of it here.

export type ClaimVerdict = "holds" | "does not hold" | "cannot tell here" | "not measured";

/** One row of the claims table; claims.json of a lesson is a list of them. */
export interface Claim {
  /** As the claims are counted in docs/CLAIMS.md, with a letter where one has several parts: "4", "6a". */
  readonly id: string;
  readonly topic: "reading" | "starting, loading, space" | "writing, several processes";
  /** In a few words. */
  readonly claim: string;
  /** What was measured, with its interval, in words; empty when nothing was. */
  readonly measured: string;
  readonly verdict: ClaimVerdict;
  /** One sentence. */
  readonly why: string;
}
