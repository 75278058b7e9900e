import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { buildLatencies } from "../../lab/load/latencies.ts";

/** A latency histogram as it stands in a measurement. */
export function histogramOf(latenciesMs: readonly number[]): string {
  const histogram = buildLatencies();
  for (const latencyMs of latenciesMs) histogram.recordValue(latencyMs * 1000);
  return encodeIntoCompressedBase64(histogram);
}
