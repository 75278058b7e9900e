// Every load generator that is at hand.
import { builtin } from "./builtin.ts";
import type { LoadGenerator } from "./generator.ts";
import { findK6 } from "./k6.ts";

/** Finds the generators on this machine, the one that needs the least CPU time per request first. */
export async function findGenerators(): Promise<readonly LoadGenerator[]> {
  const k6 = await findK6();
  return k6 === null ? [builtin] : [builtin, k6];
}
