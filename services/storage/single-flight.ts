/** Returns a function that runs `run`, or, while that is under way, waits for it: nobody runs it twice at a time. */
export function singleFlight(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}
