// A LevelDB that is opened anew after a write that failed. The engine itself goes on behind a record that its log has in part,
// and the next start drops all that stands behind that; after a sync that failed it takes no more writes.
import { ClassicLevel, type OpenOptions } from "classic-level";
import { openReopening, type Reopening } from "./reopening.ts";
import { toPlainUser, type User } from "./user.ts";

export interface LevelDatabase extends Reopening {
  /** Its methods throw while it is being opened anew. */
  readonly db: ClassicLevel<string, User>;
}

/** @throws Error that names the folder */
export async function openLevelDatabase(
  folder: string,
  settings: OpenOptions,
  sync: boolean,
): Promise<LevelDatabase> {
  const db = new ClassicLevel<string, User>(folder, { valueEncoding: "json" });
  const reopening = await openReopening({
    name: "LevelDB",
    folder,
    open: () => db.open(settings),
    close: () => db.close(),
    write: (users) => {
      const puts = users.map((user) => ({ type: "put", key: user.id, value: toPlainUser(user) }) as const);
      return db.batch(puts, { sync });
    },
  });
  return { db, ...reopening };
}
