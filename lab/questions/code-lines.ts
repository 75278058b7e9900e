// How much code of our own it takes to answer all questions: counted from the sources.
import { readFileSync } from "node:fs";

const storage = (...names: readonly string[]) => names.map((name) => `services/storage/${name}.ts`);
const SQLITE = storage("sqlite-questions", "sqlite-orders", "sqlite-transaction", "sql-orders");
const POSTGRES = storage("postgres-questions", "postgres-orders", "sql-orders");

/** The files that answer the questions, by approach: what there is beyond storing users and finding them by their ids.
 * That of map-indexed holds the map itself, too. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  linear: storage("jsonl-questions", "jsonl-orders", "order", "orders-log"),
  "map-indexed": ["services/approaches/map-indexed.ts", ...storage("user-indexes", "order", "orders-log")],
  sqlite: SQLITE,
  "sqlite-tuned": SQLITE,
  "sqlite-indexed": [...SQLITE, ...storage("sql-indexes")],
  postgres: POSTGRES,
  "postgres-indexed": [...POSTGRES, ...storage("sql-indexes")],
};

export interface SourceFile {
  readonly file: string;
  /** Without blank lines and comments. */
  readonly lines: number;
}

/** Counts the files of an approach; none where nobody has named any. */
export function readSources(approach: string): SourceFile[] {
  return (SOURCES[approach] ?? []).map((file) => ({
    file,
    lines: countLines(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")),
  }));
}

/** Counts lines that are neither blank nor a comment alone. */
export function countLines(text: string): number {
  const isCode = (line: string) => !/^\s*($|\/\/|\/\*|\*)/.test(line);
  return text.split("\n").filter(isCode).length;
}
