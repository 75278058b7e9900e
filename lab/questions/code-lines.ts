// How much code of our own it takes to answer all questions: counted from the sources.
import { readFileSync } from "node:fs";

/** The files that answer the questions, by approach: what there is beyond storing users and finding them by their ids.
 * That of map-indexed holds the map itself, too. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  "linear-orders": [
    "services/approaches/linear-orders.ts",
    "services/storage/jsonl-questions.ts",
    "services/storage/order.ts",
    "services/storage/orders-log.ts",
  ],
  "map-indexed": [
    "services/approaches/map-indexed.ts",
    "services/storage/user-indexes.ts",
    "services/storage/order.ts",
    "services/storage/orders-log.ts",
  ],
  "sqlite-indexed": [
    "services/approaches/sqlite-indexed.ts",
    "services/storage/sqlite-questions.ts",
    "services/storage/sqlite-transaction.ts",
    "services/storage/shop-tables.ts",
  ],
  "postgres-indexed": [
    "services/approaches/postgres-indexed.ts",
    "services/storage/postgres-questions.ts",
    "services/storage/shop-tables.ts",
  ],
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
