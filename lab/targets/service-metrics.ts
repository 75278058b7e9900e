// What a service says of itself on its page of metrics. Pure.

/** The histogram of the requests to the routes of users and orders: all methods and statuses together, since the service's start. */
export interface RequestDurations {
  readonly count: number;
  readonly sumMs: number;
  /** Requests up to each upper bound; the last bound is Infinity. Empty before the first request. */
  readonly cumulative: readonly { readonly upToMs: number; readonly count: number }[];
}

export interface ServiceUsage {
  readonly cpuMicros: number;
  /** Resident memory. */
  readonly rssBytes: number;
  /** Drawn by the service when it started: another one is another process. */
  readonly instance: string;
  readonly durations: RequestDurations;
}

const HISTOGRAM = "http_request_duration_seconds";
const ROUTE = /\broute="\/(users|orders)[/"]/;

/** Reads a page of metrics. @throws Error when a figure is missing */
export function parseUsage(metrics: string): ServiceUsage {
  const read = (name: string) => {
    const value = new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1];
    if (value === undefined) throw new Error(`the service's metrics lack ${name}`);
    return Number(value);
  };
  return {
    cpuMicros: Math.round(read("process_cpu_seconds_total") * 1e6),
    rssBytes: read("process_resident_memory_bytes"),
    instance: parseInstance(metrics),
    durations: parseDurations(metrics),
  };
}

function parseInstance(metrics: string): string {
  const id = /^service_instance_info\{id="([^"]+)"\} 1$/m.exec(metrics)?.[1];
  if (id === undefined) throw new Error("the service's metrics lack service_instance_info");
  return id;
}

function parseDurations(metrics: string): RequestDurations {
  const series = metrics.split("\n").flatMap((line) => {
    const [, part = "", labels = "", value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    return part.startsWith(HISTOGRAM) && ROUTE.test(labels) ? [{ part, labels, value: Number(value) }] : [];
  });
  const sum = (suffix: string) =>
    series.filter(({ part }) => part === HISTOGRAM + suffix).reduce((total, { value }) => total + value, 0);
  const byBound = new Map<number, number>();
  for (const { part, labels, value } of series) {
    if (part !== `${HISTOGRAM}_bucket`) continue;
    const bound = /\ble="([^"]+)"/.exec(labels)?.[1];
    const upToMs = bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound) * 1000;
    byBound.set(upToMs, (byBound.get(upToMs) ?? 0) + value);
  }
  const cumulative = [...byBound].map(([upToMs, count]) => ({ upToMs, count }));
  return {
    count: sum("_count"),
    sumMs: sum("_sum") * 1000,
    cumulative: cumulative.sort((a, b) => a.upToMs - b.upToMs),
  };
}
