// What the dashboards ask Prometheus. No query names an approach: a new one appears by its label.

/** The series of the trials that the page's variables choose; on what the load generator and the bench report. */
export const CHOSEN = `run="$run", workload=~"$workload", size=~"$size"`;
/** The requests of a service that are measured: not those for its health and its metrics. */
export const USERS = `job="services", route=~"/users.*"`;

/** How fast a counter grows, by labels. */
export function rateOf(counter: string, labels: string, by = "approach"): string {
  return `sum by (${by}) (rate(${counter}{${labels}}[$__rate_interval]))`;
}

/**
 * Keeps a service's figures of the moments when a chosen trial measures it. Services know nothing of trials: without
 * this, warming up and other workloads would look like results.
 */
export function whileMeasured(expr: string): string {
  return `(${expr}) and on (approach) lab_trial_running{${CHOSEN}}`;
}

/** Divides, and says nothing where there is nothing to divide by. */
export function perUnit(expr: string, divisor: string): string {
  return `${expr} / (${divisor} > 0)`;
}

/** A quantile of the durations that the service counted in its buckets. */
export function serviceLatency(quantile: number, labels: string, by = "approach"): string {
  const buckets = rateOf("http_request_duration_seconds_bucket", labels, `${by}, le`);
  return `histogram_quantile(${quantile}, ${buckets})`;
}

/** A quantile of the durations that the load generator sent as a native histogram. */
export function generatorLatency(quantile: number, labels: string, by = "approach"): string {
  return `histogram_quantile(${quantile}, ${rateOf("k6_http_req_duration_seconds", labels, by)})`;
}

/** CPU time of the service per request that it answered; its database is not in it. */
export function liveCpuPerRequest(labels: string, by = "approach"): string {
  const requests = rateOf("http_request_duration_seconds_count", `${labels}, route=~"/users.*"`, by);
  return perUnit(rateOf("process_cpu_seconds_total", labels, by), requests);
}

/**
 * The present count of something that the load generator reports only once it has happened: 0 until then. Counts, not
 * rates: the first report is already more than 0, and a rate would not see that step.
 */
export function countOrZero(counter: string, labels: string): string {
  const zero = `0 * sum by (approach) (k6_http_reqs_total{${labels}})`;
  return `(sum by (approach) (${counter}{${labels}}) or ${zero})`;
}

/** What the bench said of the trials that have ended; also after it has gone. */
export function ended(metric: string, labels = ""): string {
  return `last_over_time(${metric}{${CHOSEN}${labels && `, ${labels}`}}[$__range])`;
}

/** The mean over the trials that count: an invalid one is left out of every average. */
export function meanOfTrials(metric: string, labels = "", by = "approach"): string {
  const invalid = ended("lab_trial_verdict", `verdict="invalid"`);
  return `avg by (${by}) (${ended(metric, labels)} unless on (run, trial) ${invalid})`;
}

/** CPU time per request of the service together with its database, where it has one. */
export function meanCpuPerRequest(by = "approach"): string {
  const server = meanOfTrials("lab_trial_server_cpu_seconds_per_request", "", by);
  const database = meanOfTrials("lab_trial_database_cpu_seconds_per_request", "", by);
  return `${server} + (${database} or 0 * ${server})`;
}
