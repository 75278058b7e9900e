// rebuildIndex in a thread of its own. What fails ends the thread, and whoever waits is told.
import { parentPort } from "node:worker_threads";
import { type RebuildOptions, rebuildIndex } from "./index-rebuild.ts";

parentPort?.on("message", async (options: RebuildOptions) => {
  parentPort?.postMessage(await rebuildIndex(options));
});
