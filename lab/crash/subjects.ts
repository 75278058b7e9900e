// Who is asked: the approaches that store what they are given, at each of their levels, and the naive ways.
import { fileURLToPath } from "node:url";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import type { Durability, Level } from "../../services/storage/user-store.ts";
import { promiseOf as promiseOfRow } from "../measure/levels.ts";
import type { Subject, Subjects } from "./experiment.ts";

/** Approaches that each leave out one thing, and two that do their thing more often. */
const CONTROLS = [
  "answer-first",
  "no-repair",
  "skip-bad-lines",
  "one-sync-each",
  "rebuild-often",
  "lsm-small",
];

export async function listSubjects(approaches: Approaches): Promise<Subjects> {
  const storing = Object.entries(approaches).filter(([, { stores, writes }]) => stores && writes);
  const files = CONTROLS.map((name) => fileURLToPath(new URL(`../controls/${name}.ts`, import.meta.url)));
  const controls = Object.entries(await loadOwnApproaches(files)).map(
    ([name, row]) => [name, { name, row, level: "lesson" }] as const,
  );
  return {
    approaches: storing.flatMap(([name, row]) => listLevels(row).map((level) => ({ name, row, level }))),
    controls: Object.fromEntries(controls),
  };
}

function listLevels({ levels = {} }: Approach): Level[] {
  return ["lesson", ...(Object.keys(levels) as Level[])];
}

/** Returns what an answered write of a subject survives, by its row. */
export function promiseOf({ row, level }: Subject): Durability {
  return promiseOfRow(row, level) ?? row.durability;
}
