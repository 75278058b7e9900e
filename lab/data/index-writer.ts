// Writing users.idx, entry by entry.
import { formatEntry } from "../../services/storage/index-entry.ts";
import { createOutput } from "./output-file.ts";

export interface IndexWriter extends Disposable {
  /** Adds the record with this id at this byte offset. Ids come in ascending order; of equal ids only
   * the first gets an entry. Returns false, and adds nothing, for an id that is out of order. */
  add(id: string, offsetBytes: number): boolean;
  entries(): number;
  /** Records that got no entry because the one before has the same id. */
  duplicates(): number;
  /** Waits until the disk has the file. */
  finish(): void;
}

/** Creates an index file, which must not exist. */
export function createIndex(path: string): IndexWriter {
  const output = createOutput(path);
  let previousId = "";
  let entries = 0;
  let duplicates = 0;
  return {
    add: (id, offsetBytes) => {
      if (id < previousId) return false;
      if (id === previousId) {
        duplicates++;
        return true;
      }
      output.writeText(formatEntry(id, offsetBytes));
      previousId = id;
      entries++;
      return true;
    },
    entries: () => entries,
    duplicates: () => duplicates,
    finish: output.finish,
    [Symbol.dispose]: output[Symbol.dispose],
  };
}
