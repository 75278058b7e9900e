// The folder of an experiment with several writers: writers.json and the histories, written as it goes.
import { join } from "node:path";
import { makeOwnedFolder } from "../data/ownership.ts";
import { keepRecords } from "../measure/run-record.ts";
import { writersShape } from "./record.ts";

export const HISTORIES = "histories";

const records = keepRecords("writers", writersShape);
export const {
  nameRun: nameWriters,
  write: writeWriters,
  read: readWriters,
  findLatest: findWriters,
} = records;

/** Creates the folder of a run. @throws Error when there is one already */
export function createWritersFolder(root: string, run: string): string {
  const path = records.createFolder(root, run);
  makeOwnedFolder(join(path, HISTORIES));
  return path;
}
