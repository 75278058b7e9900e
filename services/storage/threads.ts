// Work in threads of their own, so that requests are answered meanwhile.
import { once } from "node:events";
import { type ResourceLimits, Worker } from "node:worker_threads";

export interface Threads extends AsyncDisposable {
  /** Posts an order to a thread that has none, and resolves with the message that it posts. Rejects with what it has thrown, or
   * with an AbortError when the threads are ended. */
  readonly run: (order: unknown) => Promise<unknown>;
}

/** Starts a thread for each order that is under way, and keeps it for the next: starting one that reads TypeScript takes
 * 100 ms of CPU time. */
export function createThreads(module: URL, resourceLimits?: ResourceLimits): Threads {
  const ending = new AbortController();
  const idle = new Set<Worker>();

  function startThread(): Worker {
    // What was said to the process of how its own text is to be read, or a preloaded module, is nothing for the thread's.
    const options = { execArgv: [], ...(resourceLimits && { resourceLimits }) };
    const thread = new Worker(module, options);
    // Whoever waits for it hears of the error, and nobody else is to be given it.
    return thread.on("error", () => {}).on("exit", () => idle.delete(thread));
  }

  return {
    async run(order) {
      ending.signal.throwIfAborted();
      const [thread = startThread()] = idle;
      idle.delete(thread);
      try {
        thread.postMessage(order);
        const [message] = await once(thread, "message", { signal: ending.signal });
        idle.add(thread);
        return message;
      } catch (error) {
        await thread.terminate();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all([...idle].map((thread) => thread.terminate()));
    },
  };
}
