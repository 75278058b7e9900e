// What the load generator says of a trial beside what the service says of it, while it runs.
import { approachPrefixOverrides } from "./paint.ts";
import { type LineOptions, lines } from "./panels.ts";
import * as ask from "./queries.ts";
import { byApproach, type Series } from "./targets.ts";

const durations = ask.rateOf("k6_http_req_duration_seconds", ask.CHOSEN);
const requests = ask.rateOf("http_request_duration_seconds_count", ask.USERS);
const seconds = ask.rateOf("http_request_duration_seconds_sum", ask.USERS);
const iterations = ask.rateOf("k6_iterations_total", ask.CHOSEN);
const zero = `0 * ${iterations}`;
const dropped = `(${ask.rateOf("k6_dropped_iterations_total", ask.CHOSEN)} or ${zero})`;

type Account = readonly [name: string, expr: string];

/** Two accounts in the approach's colour, the first of them dashed. */
function twoAccounts(first: Account, second: Account, isLog = false): [Series[], LineOptions] {
  const series = [first, second].map(([name, expr]) => ({ expr, legend: `{{approach}} ${name}` }));
  const dashed = { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } };
  const matcher = { id: "byFrameRefID", options: "A" };
  return [series, { isLog, overrides: [...approachPrefixOverrides, { matcher, properties: [dashed] }] }];
}

/** The panels, line by line. */
export const comparisons = [
  [
    lines(
      {
        title: "Offered against achieved",
        description:
          "What the load generator was to ask, dashed, and what it asked. Under closed load they are one; where they part, the service did not keep up.",
        unit: "reqps",
      },
      ...twoAccounts(["offered", `${iterations} + ${dropped}`], ["achieved", iterations]),
    ),
    lines(
      {
        title: "Dropped iterations so far",
        description: "Of the running trial. Anything above 0 means that the offered load was not the load.",
        unit: "short",
      },
      byApproach(ask.countOrZero("k6_dropped_iterations_total", ask.CHOSEN)),
    ),
    lines(
      {
        title: "Requests as both count them",
        description:
          "The load generator's count, dashed, and the service's. They must lie on each other; where the service counts more, somebody else asks it.",
        unit: "reqps",
      },
      ...twoAccounts(
        ["as the load generator counts", ask.rateOf("k6_http_reqs_total", ask.CHOSEN)],
        ["as the service counts", ask.whileMeasured(requests)],
      ),
    ),
  ],
  [
    lines(
      {
        title: "Mean latency as both see it",
        description:
          "The load generator's, dashed, has the way and the queues in it and lies above. Many times above: requests wait outside the service, often in a load generator that is too busy to take the answers. The scale is logarithmic.",
        unit: "s",
      },
      ...twoAccounts(
        ["as the load generator sees", `histogram_sum(${durations}) / (histogram_count(${durations}) > 0)`],
        ["as the service sees", ask.whileMeasured(ask.perUnit(seconds, requests))],
        true,
      ),
    ),
    lines(
      {
        title: "p99 latency as both see it",
        description:
          "The same for the slowest request in a hundred; the service's is estimated within its buckets.",
        unit: "s",
      },
      ...twoAccounts(
        ["as the load generator sees", ask.generatorLatency(0.99, ask.CHOSEN)],
        ["as the service sees", ask.whileMeasured(ask.serviceLatency(0.99, ask.USERS))],
        true,
      ),
    ),
    lines(
      {
        title: "Connections and busy connections",
        description:
          "k6's virtual users, dashed, and how many of them waited for an answer: throughput times mean latency. Under closed load nearly all should; the rest of their time is the load generator's own.",
        unit: "short",
      },
      ...twoAccounts(
        ["connections", `max by (approach) (k6_vus{${ask.CHOSEN}})`],
        ["busy connections", `histogram_sum(${durations})`],
      ),
    ),
  ],
];
