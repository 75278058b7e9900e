// One approach in depth: the process of its service, and its store.
import { BAD, DOUBTFUL, GOOD, paint, SPREAD } from "./paint.ts";
import { lines } from "./panels.ts";
import * as ask from "./queries.ts";

/** Everything that the chosen approach's service says. */
export const SERVICE = `job="services", approach="$approach"`;
/** What prom-client, Fastify's wrapper and Prometheus say of every service; the rest is the store's own. */
const NOT_OF_THE_STORE = `__name__!~"(process|nodejs|http|scrape)_.*|up"`;

const IN_USE = paint({
  "^resident": BAD,
  "^heap, total": DOUBTFUL,
  "^heap, used": GOOD,
  "^outside": "semi-dark-blue",
});

/** The processor and the event loop. */
export const cpu = [
  lines(
    {
      title: "CPU",
      description:
        "Parts of one core, by the service's own code and by the system for it. Much system time means many calls: files opened and read, sockets written.",
      unit: "percentunit",
    },
    ["user", "system"].map((kind) => ({
      legend: kind,
      expr: ask.rateOf(`process_cpu_${kind}_seconds_total`, SERVICE),
    })),
    { overrides: paint({ "^user": "semi-dark-blue", "^system": DOUBTFUL }) },
  ),
  lines(
    {
      title: "CPU per request",
      description: "What one answer costs the service. Steady under load; high where only health is asked.",
      unit: "s",
    },
    [{ legend: "{{approach}}", expr: ask.liveCpuPerRequest(SERVICE) }],
    { isLog: true },
  ),
  lines(
    {
      title: "Event-loop lag",
      description:
        "How late timers fire. About 10 ms is none: the timer that measures it fires every 10 ms. More means that one request kept all others waiting.",
      unit: "s",
    },
    [
      { legend: "p50", expr: `max by (approach) (nodejs_eventloop_lag_p50_seconds{${SERVICE}})` },
      { legend: "p99", expr: `max by (approach) (nodejs_eventloop_lag_p99_seconds{${SERVICE}})` },
      { legend: "worst", expr: `max by (approach) (nodejs_eventloop_lag_max_seconds{${SERVICE}})` },
    ],
    { overrides: paint(SPREAD) },
  ),
];

/** Memory, and what the store says of itself. */
export const memory = [
  lines(
    {
      title: "Memory",
      description:
        "Resident memory and V8's heap. A heap that falls in steps is collected; one that only climbs is a leak, or a store that grows.",
      unit: "bytes",
    },
    [
      { legend: "resident", expr: `sum by (approach) (process_resident_memory_bytes{${SERVICE}})` },
      { legend: "heap, total", expr: `sum by (approach) (nodejs_heap_size_total_bytes{${SERVICE}})` },
      { legend: "heap, used", expr: `sum by (approach) (nodejs_heap_size_used_bytes{${SERVICE}})` },
      { legend: "outside the heap", expr: `sum by (approach) (nodejs_external_memory_bytes{${SERVICE}})` },
    ],
    { overrides: IN_USE },
  ),
  lines(
    {
      title: "Garbage collection",
      description:
        "Part of the time that each kind of collection took. Minor ones are cheap and many; major ones stop everything, and show in p99.",
      unit: "percentunit",
    },
    [{ expr: ask.rateOf("nodejs_gc_duration_seconds_sum", SERVICE, "kind"), legend: "{{kind}}" }],
    { overrides: [] },
  ),
  lines(
    {
      title: "The store's own figures",
      description:
        "Whatever this approach counts itself: users it holds, time it took to load them, connections of its pool. The name says the unit.",
      unit: "short",
      noValue: "this approach has no figures of its own",
    },
    [{ expr: `{${SERVICE}, ${NOT_OF_THE_STORE}}`, legend: "{{__name__}}" }],
    {
      overrides: [
        { matcher: { id: "byRegexp", options: "/_seconds$/" }, properties: [{ id: "unit", value: "s" }] },
        { matcher: { id: "byRegexp", options: "/_bytes$/" }, properties: [{ id: "unit", value: "bytes" }] },
      ],
    },
  ),
];
