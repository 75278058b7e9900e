// The process that makes the builtin load. Started by builtin.ts with a Load as JSON in its argument, it says
// over the IPC channel that the warm-up is done, waits to be told to measure, and answers with what it saw.
// A process of its own, so that it can have a core of its own and its CPU time is that of the load alone.
import { once } from "node:events";
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { watchCpuMicros } from "../targets/process-cpu.ts";
import type { BuiltinOrder, BuiltinOutcome } from "./builtin.ts";
import { summarizeLatencies } from "./latencies.ts";
import { runLoad } from "./load-session.ts";

const { load, watch } = JSON.parse(process.argv[2] ?? "") as BuiltinOrder;
process.once("disconnect", () => process.exit(1));

let cpuAtStart = process.cpuUsage();
const readCpuMicros = watch && watchCpuMicros(watch.pid);
const samples: { requests: number; cpuMicros: number }[] = [];

const outcome = await runLoad(load, {
  beforeMeasuring: async () => {
    process.send?.("warm");
    await once(process, "message");
    cpuAtStart = process.cpuUsage();
  },
  ...(readCpuMicros && {
    sampleMs: watch.everyMs,
    onSample: (requests: number) => samples.push({ requests, cpuMicros: readCpuMicros() }),
  }),
}).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const { user, system } = process.cpuUsage(cpuAtStart);

const { latencies, lateness, ...counts } = outcome;
const result: BuiltinOutcome = {
  ...counts,
  droppedIterations: 0,
  latencyMs: summarizeLatencies(latencies),
  ...(lateness && { latenessMs: summarizeLatencies(lateness) }),
  latencyHistogram: encodeIntoCompressedBase64(latencies),
  cpuMicros: user + system,
  samples,
};
process.send?.(result, () => process.disconnect());
