import { findK6 } from "../../lab/load/k6.ts";

const isHere = (await findK6()) !== null;

/** For a test's `skip`: why a test that needs k6 is not run. Where CI promises every prerequisite it is run, and fails. */
export const withoutK6 = isHere || process.env.CI === "true" ? false : "not run: k6 is not on the PATH";
