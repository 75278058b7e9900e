// The folder of an experiment with several writers: writers.json and the histories, written as it goes.
import { join } from "node:path";
import { makeOwnedFolder } from "../data/ownership.ts";
import { keepRecords } from "../measure/run-record.ts";
import { writersShape } from "./record.ts";

export const HISTORIES = "histories";

const records = keepRecords("writers", writersShape);
export const { write: writeWriters, read: readWriters, findAll: findWriters } = records;

/** Creates the folder of a run, whose name is the run's. */
export function createWritersFolder(root: string, startedAt: Date): string {
  const path = records.createFolder(root, startedAt);
  makeOwnedFolder(join(path, HISTORIES));
  return path;
}
