// Appending users to a JSONL file at the level of durability that is asked for.
//
//   lesson    appendFileSync: opens, writes, closes. Answered when the system has the line (process)
//   none      written behind the answer, as a stream's write() that nobody waits for
//   process   one write() to a descriptor that is held open. Answered when the system has the line
//   power     that, and fdatasync. Answered when the disk has the line
//
// Below the last three lies one descriptor (held-file.ts) and one group commit: who comes while a write (or its sync) is under
// way shares the next. When that fails, everybody in the group is told.
import { createGroupCommit } from "./group-commit.ts";
import { openHeldFile } from "./held-file.ts";
import { APPEND_SETTINGS, createAppender, type Repair } from "./jsonl-append.ts";
import { repairTail } from "./jsonl-repair.ts";
import type { User } from "./user.ts";
import type { InsertOutcome, Level, StoreDescription } from "./user-store.ts";

export interface Appender<Item = User> extends AsyncDisposable {
  /** Appends a user, or what else the file is of. Settles as the level says. */
  readonly append: (item: Item) => InsertOutcome | Promise<InsertOutcome>;
  /** What is in force, for the store's own description. */
  readonly describe: () => Required<Pick<StoreDescription, "durability" | "settings">>;
}

export interface AppenderOptions<Item = User> {
  readonly file: string;
  readonly durability: Level;
  readonly log: (line: string) => void;
  /** Called when the file has the user; at level none, when it will. */
  readonly onAppended?: (item: Item) => void;
  /** Of a file of something else than users. */
  readonly repair?: Repair;
}

export async function openAppender<Item extends object = User>(
  options: AppenderOptions<Item>,
): Promise<Appender<Item>> {
  const { file, durability, log, onAppended = () => {}, repair = repairTail } = options;
  if (durability !== "lesson") return openHeldAppender({ file, log, onAppended, repair, level: durability });
  return {
    append: createAppender(file, log, onAppended, repair),
    describe: () => ({ durability: "process", settings: APPEND_SETTINGS }),
    async [Symbol.asyncDispose]() {},
  };
}

async function openHeldAppender<Item extends object>(options: {
  readonly file: string;
  readonly level: Exclude<Level, "lesson">;
  readonly log: (line: string) => void;
  readonly onAppended: (item: Item) => void;
  readonly repair: Repair;
}): Promise<Appender<Item>> {
  const { file, level, log, onAppended, repair } = options;
  const syncs = level === "power";
  const held = await openHeldFile(file, syncs, () => repair(file, log));
  const group = createGroupCommit((lines: readonly string[]) => held.append(lines.join("")));
  const write = (item: Item) => group.add(`${JSON.stringify(item)}\n`);
  const acknowledge = (item: Item): InsertOutcome => {
    onAppended(item);
    return "inserted";
  };
  return {
    append(item) {
      if (level !== "none") return write(item).then(() => acknowledge(item));
      write(item).catch((error) => log(`what was answered 201 is lost: ${error.message}`));
      return acknowledge(item);
    },
    describe: () => ({
      durability: level === "none" ? "nothing" : level,
      settings: {
        openFlags: held.readFlags(),
        fdatasync: syncs,
        isAnsweredBeforeWrite: level === "none",
      },
    }),
    async [Symbol.asyncDispose]() {
      await group.settle();
      await held.close();
    },
  };
}
