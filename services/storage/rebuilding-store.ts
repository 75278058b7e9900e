// A store over an index that is made anew in the background.
import { join } from "node:path";
import { fileBytes } from "./file-bytes.ts";
import { isIndexableId } from "./index-entry.ts";
import { insertEach } from "./jsonl-append.ts";
import { openAppender } from "./jsonl-appender.ts";
import { repairTail } from "./jsonl-repair.ts";
import { openRebuiltIndex } from "./rebuilt-index.ts";
import type { User } from "./user.ts";
import type { InsertOutcome, StoreOptions, UserStore } from "./user-store.ts";

/** @param rebuildAfter users that are appended before the index is made anew */
export async function openRebuildingStore(
  { dataDir, durability, log }: StoreOptions,
  rebuildAfter: number,
): Promise<UserStore> {
  const dataFile = join(dataDir, "users.jsonl");
  await repairTail(dataFile, log);
  const index = await openRebuiltIndex({ dataDir, rebuildAfter, log });
  const atStart = index.counts();
  const appender = await openAppender({ file: dataFile, durability, log, onAppended: index.add });

  function insert(user: User): InsertOutcome | Promise<InsertOutcome> {
    if (!isIndexableId(user.id)) throw new RangeError(`id ${JSON.stringify(user.id)} does not fit an index`);
    const waiting = index.room();
    return waiting === undefined ? appender.append(user) : waiting.then(() => appender.append(user));
  }

  return {
    findById: index.find,
    insert,
    insertMany: insertEach(insert),
    check: () => {},
    describe: () => {
      const { durability, settings } = appender.describe();
      return {
        recordsAtStart: atStart.indexed + atStart.tail,
        dataBytes: fileBytes(dataFile) + fileBytes(join(dataDir, "users.idx")),
        durability,
        settings: { ...settings, rebuildAfter },
      };
    },
    figures: () => {
      const { indexed, tail, rebuilds } = index.counts();
      return [
        { name: "binary_indexed_users", help: "Users that the index has.", value: indexed },
        { name: "binary_tail_users", help: "Users that it has not yet, kept in memory.", value: tail },
        { name: "binary_rebuilds_total", help: "Indexes that were made.", type: "counter", value: rebuilds },
        {
          name: "binary_rebuilding",
          help: "1 while an index is being made, else 0.",
          value: Number(index.isRebuilding()),
        },
      ];
    },
    async [Symbol.asyncDispose]() {
      await appender[Symbol.asyncDispose]();
      await index[Symbol.asyncDispose]();
    },
  };
}
