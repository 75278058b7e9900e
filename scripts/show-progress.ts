// Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere, nothing if it is soon done.
import { Presets, SingleBar } from "cli-progress";

const QUIET_MS = 1_000;
const LINE_INTERVAL_MS = 5_000;

export interface ProgressDisplay extends Disposable {
  /** Shows that `done` of `total` is done, in any unit. Cheap: may be called as often as one likes. */
  update(done: number, total: number): void;
}

/** Starts a display. Disposing it clears the bar. */
export function showProgress(title: string): ProgressDisplay {
  return process.stderr.isTTY ? showBar(title) : showLines(title);
}

/** Says what was removed because a run that was killed had left it. */
export function showRemoved(folder: string): void {
  console.error(`removed ${folder}, left by a run that was killed`);
}

/** Shows the progress of work in several phases, one after the other, each in its own unit. */
export function showPhases() {
  let shown: { readonly phase: string; readonly display: ProgressDisplay } | undefined;
  return {
    update(phase: string, done: number, total: number): void {
      if (shown?.phase !== phase) {
        shown?.display[Symbol.dispose]();
        shown = { phase, display: showProgress(phase) };
      }
      shown.display.update(done, total);
    },
    [Symbol.dispose]: () => shown?.display[Symbol.dispose](),
  };
}

function showBar(title: string): ProgressDisplay {
  const startMs = performance.now();
  const bar = new SingleBar(
    {
      format: `${title} {bar} {percentage} %`,
      clearOnComplete: true,
      hideCursor: null,
    },
    Presets.shades_classic,
  );
  return {
    update: (done, total) => {
      if (performance.now() - startMs < QUIET_MS) return;
      if (!bar.isActive) bar.start(total, done);
      bar.update(done);
    },
    [Symbol.dispose]: () => {
      if (bar.isActive) bar.stop();
    },
  };
}

function showLines(title: string): ProgressDisplay {
  let nextMs = performance.now() + LINE_INTERVAL_MS;
  return {
    update: (done, total) => {
      if (performance.now() < nextMs) return;
      nextMs = performance.now() + LINE_INTERVAL_MS;
      console.error(`${title}: ${Math.floor((100 * done) / total)} %`);
    },
    [Symbol.dispose]: () => {},
  };
}
