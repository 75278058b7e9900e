// The process that makes the builtin load: a ClosedLoad as JSON in its argument, an outcome as JSON on stdout.
// A process of its own, so that it can be given a core of its own and its CPU time is that of the load alone.
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { type ClosedLoad, runClosedLoad } from "./closed-load.ts";

const load = JSON.parse(process.argv[2] ?? "") as ClosedLoad;
let cpuAtStart = process.cpuUsage();
const { latencies, ...outcome } = await runClosedLoad(load, () => {
  cpuAtStart = process.cpuUsage();
  process.stdout.write('{"event":"measure"}\n');
});
const { user, system } = process.cpuUsage(cpuAtStart);
const result = { ...outcome, cpuMicros: user + system, latencies: encodeIntoCompressedBase64(latencies) };
process.stdout.write(`${JSON.stringify(result)}\n`);
