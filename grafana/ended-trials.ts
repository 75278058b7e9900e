// The approaches side by side: what the trials that have ended gave, by the bench; whatever the load generator was.
import { bars } from "./panels.ts";
import * as ask from "./queries.ts";
import { byApproach } from "./targets.ts";

/** What the trials gave. */
export const ofTheTrials = [
  bars(
    {
      title: "Throughput",
      description:
        "Mean of the trials. Bars of the same height with a red banner above are the load generator's height.",
      unit: "reqps",
    },
    byApproach(ask.meanOfTrials("lab_trial_requests_per_second")),
  ),
  bars(
    {
      title: "CPU per request, with its database",
      description:
        "Shorter is better. The figure that survives a slow load generator and a noisy machine: what one answer costs.",
      unit: "s",
    },
    byApproach(ask.meanCpuPerRequest()),
  ),
  bars(
    {
      title: "p99 latency",
      description:
        "One request in a hundred took longer. Under closed load it grows with the number of connections.",
      unit: "s",
    },
    byApproach(ask.meanOfTrials("lab_trial_latency_seconds", `quantile="0.99"`)),
  ),
  bars(
    {
      title: "Start-up time",
      description:
        "From the start of the process to its first healthy answer. Look for what grows with the number of users: whatever loads them all.",
      unit: "s",
    },
    byApproach(ask.meanOfTrials("lab_trial_startup_seconds")),
  ),
];
