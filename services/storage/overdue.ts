// Work that is never finished, found without a timer for each piece of it: pieces are counted by the second in which they
// began, which costs two additions, and once a second the oldest that may still go on are looked at.

export interface OverdueWatch extends Disposable {
  /** Returns what `end` must be given. */
  readonly begin: () => number;
  readonly end: (begun: number) => void;
}

/**
 * Starts a watch.
 * @param onOverdue called each second while something goes on that began more than so many seconds ago, at most a second
 *   later. Seconds are those in which the process runs: one that stood still itself takes nothing for overdue.
 */
export function watchOverdue(limitSeconds: number, onOverdue: () => void): OverdueWatch {
  // One for the second that goes on, and one for those that are overdue.
  const slots = limitSeconds + 2;
  const going = new Array<number>(slots).fill(0);
  let current = 0;
  const timer = setInterval(() => {
    current = (current + 1) % slots;
    if ((going[(current + 1) % slots] as number) > 0) onOverdue();
  }, 1_000).unref();
  return {
    begin() {
      going[current] = (going[current] as number) + 1;
      return current;
    },
    end(begun) {
      going[begun] = (going[begun] as number) - 1;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
