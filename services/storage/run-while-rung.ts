/**
 * Returns a bell: ringing it starts `run`, and once more after its end if it was rung meanwhile. However often it is
 * rung, one run at a time is under way, and one begins after the last ring.
 * @param run must not reject
 */
export function runWhileRung(run: () => Promise<void>): () => void {
  let [isRunning, isRung] = [false, false];
  async function runAll(): Promise<void> {
    isRunning = true;
    while (isRung) {
      isRung = false;
      await run();
    }
    isRunning = false;
  }
  return () => {
    isRung = true;
    if (!isRunning) void runAll();
  };
}
