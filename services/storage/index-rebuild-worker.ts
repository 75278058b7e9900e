// rebuildIndex in a thread of its own, so that requests are answered meanwhile.
import { parentPort, workerData } from "node:worker_threads";
import { type RebuildOptions, rebuildIndex } from "./index-rebuild.ts";

parentPort?.postMessage(await rebuildIndex(workerData as RebuildOptions));
