// Inserting users whose ids must be new, into a store that does not look by itself.
import type { User } from "./user.ts";
import type { InsertOutcome } from "./user-store.ts";

/**
 * Returns a function that stores users, all or none. Two that come at once with one id are made one after the other, so the
 * second finds the first.
 * @param has whether a user with this id is stored
 * @param write stores users whose ids are new
 */
export function createUniqueInsert(
  has: (id: string) => boolean | Promise<boolean>,
  write: (users: readonly User[]) => Promise<void>,
): (users: readonly User[]) => Promise<InsertOutcome> {
  const inFlight = new Map<string, Promise<InsertOutcome>>();
  const findInFlight = (users: readonly User[]) =>
    users.map(({ id }) => inFlight.get(id)).find((inserting) => inserting !== undefined);
  const insertNew = async (users: readonly User[]): Promise<InsertOutcome> => {
    const found = await Promise.all(users.map(({ id }) => has(id)));
    if (found.includes(true)) return "duplicate";
    await write(users);
    return "inserted";
  };
  return async (users) => {
    // All ids again each time: while one was waited for, another may have come.
    for (let other = findInFlight(users); other !== undefined; other = findInFlight(users))
      await other.catch(() => {});
    const ids = new Set(users.map(({ id }) => id));
    if (ids.size < users.length) return "duplicate";
    const inserting = insertNew(users).finally(() => {
      for (const id of ids) inFlight.delete(id);
    });
    for (const id of ids) inFlight.set(id, inserting);
    return inserting;
  };
}
