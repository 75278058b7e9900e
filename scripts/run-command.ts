// What the commands have in common: arguments, errors in one line, exit codes, stopping on a signal.
import { type Command, CommanderError, InvalidArgumentError } from "commander";

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
/** One Ctrl-C may come more than once: from the terminal and again from npm. */
const SAME_SIGNAL_MS = 500;

/**
 * Parses the arguments and runs the command's work. The exit code is 0, or 2 for wrong arguments, 1 for a failure,
 * 128 + its number for a signal. A signal aborts the work, which then cleans up; a second one ends the process at once.
 */
export async function runCommand(
  command: Command,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  let [signalNumber, signalledMs] = [0, 0];
  for (const [name, number] of Object.entries(SIGNAL_NUMBERS))
    process.on(name, () => {
      // process.exit kills the children on its way; the system's own reaction to a signal would leave them.
      if (signalNumber > 0 && performance.now() - signalledMs > SAME_SIGNAL_MS) process.exit(128 + number);
      if (signalNumber > 0) return;
      [signalNumber, signalledMs] = [number, performance.now()];
      stop.abort(new Error(`stopped by ${name}`));
    });
  try {
    command.exitOverride().parse();
    await work(stop.signal);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      console.error(`error: ${error instanceof Error ? error.message : error}`);
      process.exitCode = signalNumber > 0 ? 128 + signalNumber : error instanceof UsageError ? 2 : 1;
    }
  }
}

/** Arguments that are each right but cannot be done. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Makes a parser of one argument out of a function that throws a RangeError that says what it expected. */
export function asArgument<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(`${(error as RangeError).message}.`);
    }
  };
}

/** Parses a whole number from 0 to 2^32 - 1. */
export function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff)
    throw new RangeError("expected a whole number from 0 to 4294967295");
  return Number(text);
}
