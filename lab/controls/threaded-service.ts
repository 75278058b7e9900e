// Control: the same service several times in one process, in a thread each. What a thread has in its memory no other
// sees, so threads are as far apart as processes.
//
//   APPROACH=map DATA_DIR=data/10000/map node lab/controls/threaded-service.ts 8081 8082
//
// Arguments: the ports, one for each thread; 0 is any free one. The environment is that of services/main.ts, whose lines
// it prints. Signals reach the main thread alone, which tells the others.
import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

if (isMainThread) process.exit(await runThreads(process.argv.slice(2)));
else await serve();

/** Runs until all threads have ended, or one has failed. Returns the exit code. */
async function runThreads(ports: readonly string[]): Promise<number> {
  if (ports.length === 0) {
    process.stderr.write("expected the ports as arguments, one for each thread\n");
    return 2;
  }
  const threads = ports.map((PORT) => new Worker(import.meta.filename, { env: { ...process.env, PORT } }));
  const stop = () => {
    for (const thread of threads) thread.postMessage("stop");
  };
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, stop);
  const codes = await Promise.all(
    threads.map(async (thread) => {
      const [code] = (await once(thread, "exit")) as [number];
      if (code !== 0) stop();
      return code;
    }),
  );
  return codes.find((code) => code !== 0) ?? 0;
}

/** Serves on the port that the environment of this thread says. */
async function serve(): Promise<void> {
  // As a process gets it.
  parentPort?.once("message", () => process.emit("SIGTERM"));
  await import("../../services/main.ts");
}
