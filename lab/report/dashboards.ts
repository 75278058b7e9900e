// The way from a report to the dashboards that watched its run.
import type { Environment } from "../measure/environment.ts";
import type { Measurement } from "../measure/measurement.ts";

/** The dashboard that a report leads to. */
export const DASHBOARD_UID = "lab-side-by-side";

/** Address of the dashboards at the time of the run. */
export function linkDashboards(
  dashboards: string,
  { run, startedAt }: Environment,
  measurements: readonly Measurement[],
) {
  const endsMs = measurements.map((trial) => Date.parse(trial.startedAt) + trial.startupMs + trial.windowMs);
  const [from, to] = [Date.parse(startedAt), Math.ceil(Math.max(Date.parse(startedAt), ...endsMs))];
  return `${dashboards}/d/${DASHBOARD_UID}?from=${from}&to=${to}&var-run=${run}`;
}
