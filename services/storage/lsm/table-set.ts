// The sorted tables: asked for ids, added to from logs, merged.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createGroupCommit } from "../group-commit.ts";
import { singleFlight } from "../single-flight.ts";
import type { User } from "../user.ts";
import { hashId } from "./bloom-filter.ts";
import type { Counters } from "./counters.ts";
import { applyChange, type Change, type Manifest, replaceManifest } from "./manifest.ts";
import { planMerge } from "./merge.ts";
import type { Recovered } from "./recovery.ts";
import { openTable, type Table } from "./table.ts";
import { nameFile, type TableFacts, tableBytes } from "./table-facts.ts";
import { createTableMaker } from "./table-maker.ts";

export interface TableSet extends AsyncDisposable {
  readonly find: (id: string) => User | null;
  /** Makes a table of a log that is closed, and removes the log. */
  readonly addLog: (number: number) => Promise<void>;
  /** Merges until there is nothing to merge. */
  readonly merge: () => Promise<void>;
  readonly facts: () => readonly TableFacts[];
  /** The first log that no table has yet. */
  readonly firstLog: () => number;
  /** Holds on to the tables there are now. */
  readonly holdTables: () => HeldTables;
}

export interface HeldTables extends Disposable {
  readonly users: () => Generator<User>;
}

export interface TableSetOptions {
  readonly folder: string;
  readonly recovered: Pick<Recovered, "manifest" | "tables">;
  /** Returns a number that no file has. */
  readonly takeNumber: () => number;
  /** Size of the smallest tables. */
  readonly unitBytes: number;
  readonly counters: Counters;
}

export function createTableSet(options: TableSetOptions): TableSet {
  const { folder, recovered, takeNumber, unitBytes, counters } = options;
  let manifest: Manifest = recovered.manifest;
  let tables: readonly Table[] = recovered.tables;
  const maker = createTableMaker();
  const pathOf = (kind: "log" | "table", number: number) => join(folder, nameFile(number, kind));

  async function makeTable(from: Omit<Parameters<typeof maker.make>[0], "into">): Promise<TableFacts> {
    const number = takeNumber();
    return { number, ...(await maker.make({ into: pathOf("table", number), ...from })) };
  }

  /** One after the other. */
  const changes = createGroupCommit<Change>(async (several) => {
    const next = several.reduce(applyChange, manifest);
    // Opened first: a table that cannot be read takes nobody's place.
    const opened = next.tables.map(
      (facts) =>
        tables.find((table) => table.facts.number === facts.number) ??
        openTable(pathOf("table", facts.number), facts),
    );
    await replaceManifest(folder, next);
    const retired = tables.filter((table) => !opened.includes(table));
    [manifest, tables] = [next, opened];
    for (const table of retired) {
      table.close();
      rmSync(table.file, { force: true });
    }
  });

  async function mergeOnce(sources: readonly TableFacts[]): Promise<void> {
    const added = await makeTable({
      tables: sources.map((facts) => ({ file: pathOf("table", facts.number), facts })),
    });
    counters.mergedBytes += tableBytes(added);
    await changes.add({ added, removed: sources });
  }

  return {
    find(id) {
      counters.lookups++;
      const hash = hashId(id);
      for (const table of tables) {
        counters.filterChecks++;
        if (!table.mayHold(hash)) continue;
        counters.blockReads++;
        const user = table.read(id);
        if (user !== null) return user;
      }
      return null;
    },
    async addLog(number) {
      const log = pathOf("log", number);
      const added = await makeTable({ log });
      counters.flushedBytes += tableBytes(added);
      await changes.add({ added, removed: [], firstLog: number + 1 });
      rmSync(log, { force: true });
    },
    merge: singleFlight(async () => {
      for (
        let plan = planMerge(manifest.tables, unitBytes);
        plan;
        plan = planMerge(manifest.tables, unitBytes)
      )
        await mergeOnce(plan);
    }),
    facts: () => manifest.tables,
    firstLog: () => manifest.firstLog,
    holdTables() {
      // Files of their own: a merge may close and remove the others meanwhile.
      const held = tables.map(({ file, facts }) => openTable(file, facts));
      return {
        *users() {
          for (const table of held) for (const { text } of table.entries()) yield JSON.parse(text) as User;
        },
        [Symbol.dispose]() {
          for (const table of held) table.close();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      // A table that is being made is left over, and made again.
      await maker[Symbol.asyncDispose]();
      await changes.settle();
      for (const table of tables) table.close();
    },
  };
}
