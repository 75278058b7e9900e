// Threads that make tables.
import { Worker } from "node:worker_threads";
import type { TableFacts } from "./table-facts.ts";
import type { TableOrder } from "./table-worker.ts";

export interface TableMaker extends AsyncDisposable {
  /** Makes a table and waits until the disk has it. @throws Error what went wrong; nothing is left of the table then */
  readonly make: (order: TableOrder) => Promise<Omit<TableFacts, "number">>;
}

/** Each table has a thread of its own, whose memory ends with it. Those under way end when this is disposed of. */
export function createTableMaker(): TableMaker {
  const workers = new Set<Worker>();
  return {
    make(order) {
      const worker = new Worker(new URL("./table-worker.ts", import.meta.url), { workerData: order });
      workers.add(worker);
      const { promise, resolve, reject } = Promise.withResolvers<Omit<TableFacts, "number">>();
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => {
        workers.delete(worker);
        reject(new Error(`${order.into}: the thread that made it has ended`));
      });
      return promise;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
