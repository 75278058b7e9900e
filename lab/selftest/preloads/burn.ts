// Preloaded into a service, `node --import "burn.ts?share=0.1"`: burns a known part of its CPU time in addition, while it
// answers requests. By the clock of the process's CPU time and not by the wall's, so that whoever else uses the core
// does not change how much. The service knows nothing of it.
import { Server } from "node:http";
import { readSetting } from "./preload.ts";

const share = readSetting(import.meta.url, "share");
/** Reading the clock takes about a microsecond. */
const REQUESTS_PER_BURN = 4;

let requests = 0;
let startMicros: number | undefined;
let burntMicros = 0;

const { emit } = Server.prototype;
Server.prototype.emit = function burnAndEmit(
  this: Server,
  event: string | symbol,
  ...args: unknown[]
): boolean {
  if (event === "request" && ++requests % REQUESTS_PER_BURN === 0) burn();
  return Reflect.apply(emit, this, [event, ...args]);
};

/** Burns until what was burnt is the asked part of all else since the first request. */
function burn(): void {
  const fromMicros = readCpuMicros();
  startMicros ??= fromMicros;
  const dueMicros = (fromMicros - startMicros - burntMicros) * share - burntMicros;
  let nowMicros = fromMicros;
  while (nowMicros - fromMicros < dueMicros) nowMicros = readCpuMicros();
  burntMicros += nowMicros - fromMicros;
}

function readCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
