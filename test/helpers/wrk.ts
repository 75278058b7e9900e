import { findWrk } from "../../lab/load/wrk.ts";

const isHere = (await findWrk()) !== null;

/** For a test's `skip`: why a test that needs wrk is not run. Where CI promises every prerequisite it is run, and fails. */
export const withoutWrk = isHere || process.env.CI === "true" ? false : "not run: wrk is not on the PATH";
