// Control: the workload `read` by autocannon, through its documented interface: a key drawn for each request, each
// body checked. What it reaches, and at what cost, is why the lab has a generator of its own
// (docs/decisions/0002-load-generator.md).
//
//   node lab/controls/autocannon-load.ts http://127.0.0.1:8081 10000
import autocannon from "autocannon";
import { startRandom } from "../../k6/lib/random.ts";
import { prepareRequest } from "../../k6/lib/requests.ts";
import { DEFAULT_SEED } from "../../k6/lib/users.ts";
import { workloads } from "../../k6/lib/workloads.ts";

const [url = "", sizeText = "10000"] = process.argv.slice(2);
const random = startRandom(1);
let [answered, wrong] = [0, 0];
const context: { isRightBody?: (body: string) => boolean } = {};

const startedCpu = process.cpuUsage();
const result = await autocannon({
  url,
  connections: 50,
  duration: 5,
  requests: [
    {
      setupRequest: (request, own: typeof context) => {
        const operation = workloads.read.next(random, Number(sizeText));
        const prepared = prepareRequest(operation, { dataSeed: DEFAULT_SEED, storesUsers: true });
        own.isRightBody = prepared.isRightBody;
        return { ...request, path: prepared.path };
      },
      onResponse: (_status, body, own: typeof context) => {
        answered++;
        if (!own.isRightBody?.(body)) wrong++;
      },
    },
  ],
});
const { user, system } = process.cpuUsage(startedCpu);
const rate = answered / result.duration;
console.log(
  `${Math.round(rate)} requests/s, ${((user + system) / answered).toFixed(1)} µs of CPU each, ${wrong} wrong`,
);
console.log(`p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms`);
