// Appending users to a JSONL file at the level of durability that is asked for.
//
//   lesson    appendFileSync: opens, writes, closes. Answered when the system has the line (process)
//   none      written behind the answer, as a stream's write() that nobody waits for
//   process   one write() to a descriptor that is held open. Answered when the system has the line
//   power     that, and fdatasync. Answered when the disk has the line
//
// Below the last three lies one descriptor and one group commit: who comes while a write (or its sync) is under way shares
// the next. A write or a sync that failed is not tried again: a system that could not write pages may forget that it had
// to, and call the second sync a success. The descriptor is closed and everybody in the group is told; the next write
// begins with the file as it is now, and with its end repaired.
import { createGroupCommit } from "./group-commit.ts";
import { type HeldFile, openHeldFile } from "./held-file.ts";
import { APPEND_SETTINGS, createAppender } from "./jsonl-append.ts";
import { repairTail } from "./jsonl-repair.ts";
import type { User } from "./user.ts";
import type { InsertOutcome, Level, StoreDescription } from "./user-store.ts";

export interface Appender extends AsyncDisposable {
  /** Appends a user. Settles as the level says. */
  readonly append: (user: User) => InsertOutcome | Promise<InsertOutcome>;
  /** What is in force, for the store's own description. */
  readonly describe: () => Required<Pick<StoreDescription, "durability" | "settings">>;
}

export interface AppenderOptions {
  readonly file: string;
  readonly durability: Level;
  readonly log: (line: string) => void;
  /** Called when the file has the user; at level none, when it will. */
  readonly onAppended?: (user: User) => void;
}

export async function openAppender(options: AppenderOptions): Promise<Appender> {
  const { file, durability, log, onAppended = () => {} } = options;
  if (durability !== "lesson") return openHeldAppender({ file, log, onAppended, level: durability });
  return {
    append: createAppender(file, log, onAppended),
    describe: () => ({ durability: "process", settings: APPEND_SETTINGS }),
    async [Symbol.asyncDispose]() {},
  };
}

async function openHeldAppender(options: {
  readonly file: string;
  readonly level: Exclude<Level, "lesson">;
  readonly log: (line: string) => void;
  readonly onAppended: (user: User) => void;
}): Promise<Appender> {
  const { file, level, log, onAppended } = options;
  const syncs = level === "power";
  let held: HeldFile | null = await openHeldFile(file, syncs);

  async function reopen(): Promise<HeldFile> {
    await repairTail(file, log);
    return openHeldFile(file, syncs);
  }

  async function commit(lines: readonly string[]): Promise<void> {
    const current: HeldFile = held ?? (await reopen());
    held = null;
    try {
      await current.append(lines.join(""));
      held = current;
    } finally {
      if (held === null) await current.close().catch(() => {});
    }
  }

  const group = createGroupCommit(commit);
  const write = (user: User) => group.add(`${JSON.stringify(user)}\n`);
  const acknowledge = (user: User): InsertOutcome => {
    onAppended(user);
    return "inserted";
  };
  return {
    append(user) {
      if (level !== "none") return write(user).then(() => acknowledge(user));
      write(user).catch((error) => log(`a user who was answered 201 is lost: ${error.message}`));
      return acknowledge(user);
    },
    describe: () => ({
      durability: level === "none" ? "nothing" : level,
      settings: {
        openFlags: held?.readFlags() ?? "not open",
        fdatasync: syncs,
        isAnsweredBeforeWrite: level === "none",
      },
    }),
    async [Symbol.asyncDispose]() {
      await group.settle();
      await held?.close();
    },
  };
}
