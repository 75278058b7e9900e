// Every load generator that is at hand.
import { builtin } from "./builtin.ts";
import type { LoadGenerator } from "./generator.ts";
import { findK6 } from "./k6.ts";
import { findWrk } from "./wrk.ts";

/** Finds the generators on this machine, the one that needs the least CPU time per request first:
 * docs/decisions/0002-load-generator.md has the figures. */
export async function findGenerators(): Promise<readonly LoadGenerator[]> {
  const [wrk, k6] = await Promise.all([findWrk(), findK6()]);
  return [wrk, builtin, k6].filter((generator) => generator !== null);
}
