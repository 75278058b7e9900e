// How long work reports where it is and lets itself be stopped. Nothing here prints.
import { setImmediate } from "node:timers/promises";

export interface WorkOptions {
  /** Told now and then how far the work is. Both numbers have one unit, which the work chooses. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Stops the work when it is aborted: the work throws the signal's reason and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each folder of temporary files that was removed, because a process that was killed had left it. */
  readonly onRemoved?: ((folder: string) => void) | undefined;
}

/** Reports progress and gives the event loop a turn, because work that never pauses never sees a signal.
 * @throws the reason of the signal once that is aborted */
export async function pauseWork(options: WorkOptions, done: number, total: number): Promise<void> {
  options.onProgress?.(done, total);
  await setImmediate();
  options.signal?.throwIfAborted();
}
