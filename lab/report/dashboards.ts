// The way from a report to the dashboards that watched its run.
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";

/** The dashboard that a report leads to. */
export const DASHBOARD_UID = "lab-side-by-side";

/** The last figures are there when Prometheus has asked for them. */
const LAST_SCRAPES_MS = 5_000;

/** Address of the dashboards at the time of the run. */
export function linkDashboards(
  dashboards: string,
  { run, startedAt }: Environment,
  measurements: readonly Measurement[],
) {
  const from = Date.parse(startedAt);
  const to = Math.max(from, ...measurements.map(({ endedAt }) => Date.parse(endedAt))) + LAST_SCRAPES_MS;
  return `${dashboards}/d/${DASHBOARD_UID}?from=${from}&to=${to}&var-run=${run}`;
}
