// Batches of users in a JSONL file, all or none of each: the record of a user carries which batch it is of and which of
// how many, and the last record of a batch is its commit mark. Whoever reads keeps the users of a batch back until that
// record comes, whatever other writers have put between; a batch whose writer was killed stays invisible for ever.
import { randomUUID } from "node:crypto";
import { insertEach } from "./jsonl-append.ts";
import type { User } from "./user.ts";

/** Of which batch a record is: the records of a batch are appended in the order of their indexes, from 0. */
export interface BatchMark {
  readonly id: string;
  readonly index: number;
  readonly size: number;
}

/** Returns the records of a batch in the order in which they are to be appended.
 * @param id of the batch, which no other has */
export function markBatch(users: readonly User[], id: string): (User & { readonly batch: BatchMark })[] {
  return users.map((user, index) => ({ ...user, batch: { id, index, size: users.length } }));
}

/** Makes an insert of several users, all or none, from an append of one record. */
export function insertMarked(append: Parameters<typeof insertEach>[0]): ReturnType<typeof insertEach> {
  const insertRecords = insertEach(append);
  return (users) => insertRecords(markBatch(users, randomUUID()));
}

/**
 * Returns a reader that is given the records of a file in their order. For each it returns the users that can be seen
 * from there on: the record's own, all those of its batch when it is the last of them, or none.
 * The reader throws a SyntaxError for a mark that is none.
 */
export function createBatchReader(): (record: User) => readonly User[] {
  const heldBack = new Map<string, User[]>();
  return (record) => {
    const { id, name, email, created_at } = record;
    const user = { id, name, email, created_at };
    const mark = readMark(record);
    if (mark === undefined) return [user];
    const users = heldBack.get(mark.id) ?? [];
    // Behind a record that is missing, as where the file is damaged, nothing of the batch is seen.
    if (mark.index === users.length) users.push(user);
    heldBack.set(mark.id, users);
    if (users.length < mark.size) return [];
    heldBack.delete(mark.id);
    return users;
  };
}

/** @throws SyntaxError for a mark that is none */
function readMark(record: User): BatchMark | undefined {
  const { batch } = record as { readonly batch?: unknown };
  if (batch === undefined) return undefined;
  const { id, index, size } = (batch ?? {}) as Partial<BatchMark>;
  const isMark =
    typeof id === "string" && isCount(index) && isCount(size) && (index as number) < (size as number);
  if (!isMark) throw new SyntaxError('expected id, index and size in "batch"');
  return batch as BatchMark;
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
