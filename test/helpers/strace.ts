import { findObstacle } from "../../lab/measure/count-requests.ts";

const obstacle = await findObstacle();

/** For a test's `skip`: why a test that needs strace is not run. Where CI promises every prerequisite it is run, and fails. */
export const withoutStrace = obstacle === null || process.env.CI === "true" ? false : `not run: ${obstacle}`;
