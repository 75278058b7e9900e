// Threads that make tables.
import { Worker } from "node:worker_threads";
import type { TableFacts } from "./table-facts.ts";
import type { TableOrder } from "./table-worker.ts";

export type MadeTable = Omit<TableFacts, "number">;

export interface TableMaker extends AsyncDisposable {
  /** Makes a table and waits until the disk has it. @throws Error what went wrong */
  readonly make: (order: TableOrder) => Promise<MadeTable>;
}

/** What a thread answers: the table, or why there is none. */
export type Answer = { readonly made: MadeTable } | { readonly reason: string };

/** What is made is written as it comes; left alone, a thread takes three times as much before it tidies up. The index of ten million
 * users fits. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 192 };

/** Starts a thread for each table that is made at one time, and keeps it for the next. What is under way ends when this is
 * disposed of. */
export function createTableMaker(): TableMaker {
  const threads = new Set<Worker>();
  const idle: Worker[] = [];
  let isClosed = false;

  function startThread(): Worker {
    // What the process was started with, such as a preloaded module, is not for this.
    const thread = new Worker(new URL("./table-worker.ts", import.meta.url), {
      execArgv: [],
      resourceLimits: HEAP_LIMITS,
    });
    threads.add(thread);
    return thread;
  }

  return {
    async make(order) {
      if (isClosed) throw new Error(`${order.into}: not made, for the store is closed`);
      const thread = idle.pop() ?? startThread();
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const onEnd = () => reject(new Error(`${order.into}: the thread that made it has ended`));
      thread.once("message", resolve).once("error", reject).once("exit", onEnd);
      thread.postMessage(order);
      try {
        const answer = await promise;
        idle.push(thread);
        if ("reason" in answer) throw new Error(answer.reason);
        return answer.made;
      } finally {
        thread.off("error", reject).off("exit", onEnd);
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.all([...threads].map((thread) => thread.terminate()));
    },
  };
}
