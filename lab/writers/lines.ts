// Appends by two processes to one file, as quickly as they can, and a reader of the file's end: lines do not mix, and yet
// readers meet lines that are not whole.
import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { FIRST_UNSTORED_INDEX, seededUser } from "../../k6/lib/users.ts";
import { fileBytes } from "../../services/storage/file-bytes.ts";
import { createAppender } from "../../services/storage/jsonl-append.ts";
import { callInProcess } from "../lesson/bare-process.ts";
import type { LinesRecord } from "./record.ts";
import type { Stage } from "./stage.ts";
import { elementOf, readRecords } from "./stored-users.ts";

const PROCESSES = 2;
/** Looks between two moments in which others of this process may have their turn. */
const LOOKS_PER_TURN = 500;
const NEWLINE = 0x0a;

/** Characters that are added to a name: none; and more than PIPE_BUF bytes, twice. */
export const LINE_PADDINGS = [0, 8_192];
/** A reader who shares the cores with two writers that never wait gets to look only now and then. */
const APPEND_FOR_MS = 1_500;
/** A file of long lines is large soon enough. */
const MAX_LINES = 20_000;

interface AppendOrder {
  readonly file: string;
  readonly dataSeed: number;
  readonly firstElement: number;
  readonly durationMs: number;
  readonly padding: number;
}

/** Appends users one after the other, with the services' own appender. Returns how many. */
export async function appendFor(order: AppendOrder): Promise<number> {
  const { file, dataSeed, firstElement, durationMs, padding } = order;
  const append = createAppender(file, () => {});
  const untilMs = performance.now() + durationMs;
  let appended = 0;
  while (performance.now() < untilMs && appended < MAX_LINES) {
    const user = seededUser(dataSeed, firstElement + appended++);
    await append({ ...user, name: user.name + "x".repeat(padding) });
  }
  return appended;
}

/** Appends from two processes and looks at the end of the file meanwhile.
 * @param padding characters that are added to the users' names */
export async function watchLines(
  { dataRoot, dataSeed, signal }: Stage,
  padding: number,
): Promise<LinesRecord> {
  const folder = join(dataRoot, "scratch");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const file = join(folder, "users.jsonl");
    closeSync(openSync(file, "w"));
    let isOver = false;
    const startMs = performance.now();
    const appending = Array.from({ length: PROCESSES }, (_, index) => {
      const firstElement = FIRST_UNSTORED_INDEX + index * 2 ** 30;
      const order = { file, dataSeed, firstElement, durationMs: APPEND_FOR_MS, padding };
      return callInProcess(import.meta.url, appendFor, order, { cpus: [], signal });
    });
    const counts = Promise.all(appending).finally(() => {
      isOver = true;
    });
    const [seen, appended] = await Promise.all([lookAtEnd(file, () => isOver), counts]);
    const windowMs = performance.now() - startMs;
    const { elements, mixedLines } = await readLinesOf(folder);
    const all = appended.reduce((sum, count) => sum + count, 0);
    const bytes = fileBytes(file);
    return {
      processes: PROCESSES,
      appended: all,
      mixedLines,
      missingLines: all - elements.size,
      ...seen,
      bytesPerLine: all === 0 ? 0 : bytes / all,
      windowMs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads which users the lines of a file are, and how many lines are none. */
async function readLinesOf(dataDir: string) {
  const elements = new Set<number>();
  let mixedLines = 0;
  for await (const user of readRecords({ needs: ["users.jsonl"], dataDir, databaseUrl: undefined }))
    if (user === null) mixedLines++;
    else elements.add(elementOf(user.email));
  return { elements, mixedLines };
}

/** Reads the last byte of the file again and again. A look counts when the file has grown since the one before. */
async function lookAtEnd(file: string, isOver: () => boolean) {
  const fd = openSync(file, "r");
  const last = Buffer.alloc(1);
  let [seenBytes, looks, halfLines] = [0, 0, 0];
  try {
    while (!isOver()) {
      for (let look = 0; look < LOOKS_PER_TURN; look++) {
        const { size } = fstatSync(fd);
        if (size === seenBytes) continue;
        seenBytes = size;
        readSync(fd, last, 0, 1, size - 1);
        looks++;
        if (last[0] !== NEWLINE) halfLines++;
      }
      await nextTurn();
    }
    return { looks, halfLines };
  } finally {
    closeSync(fd);
  }
}
