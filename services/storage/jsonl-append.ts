// Appending users to a JSONL file, one line each, as the lessons do it.
import { appendFileSync } from "node:fs";
import { repairTail } from "./jsonl-repair.ts";
import type { User } from "./user.ts";
import type { InsertOutcome } from "./user-store.ts";

/** How lines are appended: as appendFileSync does when it is told nothing else. */
export const APPEND_SETTINGS = { appendFlags: "a", fsync: false };

/** Returns a function that inserts several users one by one, as if they had nothing to do with each other. */
export function insertEach(
  insert: (user: User) => InsertOutcome | Promise<InsertOutcome>,
): (users: readonly User[]) => Promise<InsertOutcome> {
  return async (users) => {
    for (const user of users) await insert(user);
    return "inserted";
  };
}

/** Makes sure that the next append to a file starts a line of its own. */
export type Repair = (file: string, log: (line: string) => void) => Promise<void>;

/**
 * Returns a function that appends a user, or another record for whose file there is a repair. When an append has failed, as on a full disk, part of a line may be in the
 * file: the next one repairs that first, lest it is glued to it.
 * @param onAppended called when the file has the user
 */
export function createAppender<Item extends object = User>(
  file: string,
  log: (line: string) => void,
  onAppended: (item: Item) => void = () => {},
  repair: Repair = repairTail,
): (item: Item) => InsertOutcome | Promise<InsertOutcome> {
  let isSound = true;

  function append(item: Item): InsertOutcome {
    isSound = false;
    appendFileSync(file, `${JSON.stringify(item)}\n`);
    isSound = true;
    onAppended(item);
    return "inserted";
  }

  return (item) => (isSound ? append(item) : repair(file, log).then(() => append(item)));
}
