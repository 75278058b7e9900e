// Latencies as histograms, which can be added up where percentiles cannot be averaged.
import { build, type Histogram } from "hdr-histogram-js";
import type { LatencyMs } from "./generator.ts";

const LONGEST_LATENCY_MICROS = 3_600_000_000;

/** Builds an empty histogram of microseconds with three significant digits, up to an hour. */
export function buildLatencies(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_LATENCY_MICROS,
    numberOfSignificantValueDigits: 3,
  });
}

/** Returns what is told of a histogram of microseconds. */
export function summarizeLatencies(latencies: Histogram): LatencyMs {
  const maxMicros = latencies.maxValue;
  // A percentile is the upper end of its bucket, which may lie beyond the highest value in it.
  const percentile = (percent: number) => Math.min(latencies.getValueAtPercentile(percent), maxMicros) / 1000;
  return {
    mean: latencies.mean / 1000,
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    p999: percentile(99.9),
    max: maxMicros / 1000,
  };
}
