// Which approaches are written to by how many processes, under which settings. Pure.
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { planTrials } from "../measure/plan.ts";
import type { GroupOffer } from "../targets/service-group.ts";

/** One thing to measure in each block. */
export interface Cell {
  /** What it is called in tables: "sqlite, 5 s, 2 processes". Every cell of a run has its own. */
  readonly name: string;
  readonly approach: string;
  /** Its row. */
  readonly row: Approach;
  /** What is special about it, in a few words; empty for an approach as it is. */
  readonly setup: string;
  readonly processes: number;
  /** Whether they are threads of one process. */
  readonly areThreads: boolean;
  /** Variables of the services' environment, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** How long, by what it does of itself to follow the others, a process may lack what another has acknowledged. */
  readonly settleMs: number;
}

interface Setup {
  readonly approach: string;
  readonly setup?: string;
  readonly areThreads?: true;
  readonly settings?: Readonly<Record<string, string>>;
  readonly settleMs?: number;
  /** How many processes in the short form, and how many besides in the full one. */
  readonly processes: readonly number[];
  readonly alsoInFull?: readonly number[];
}

const BUSY_TIMEOUT_MS = "5000";
/** Of a way of somebody's own, of which nobody knows how it follows others. */
const OWN_SETTLE_MS = 3_000;

/** SQLite's settings as its services read them. */
const sqlite = (timeoutMs: string, journal: string, synchronous: string) => ({
  SQLITE_BUSY_TIMEOUT_MS: timeoutMs,
  SQLITE_JOURNAL_MODE: journal,
  SQLITE_SYNCHRONOUS: synchronous,
});

/** In the order of the tables. One process never waits for a lock, so without a timeout it would be the same twice. */
const SETUPS: readonly Setup[] = [
  { approach: "linear", processes: [1, 2] },
  { approach: "map", processes: [1, 2] },
  { approach: "map", setup: "threads", areThreads: true, processes: [2] },
  // They look by themselves every second, and every ten, for what nobody has told them.
  { approach: "map-watched", settleMs: 2_000, processes: [2], alsoInFull: [1] },
  { approach: "map-notified", settleMs: 12_000, processes: [2], alsoInFull: [1] },
  // Their own way is that of batches; one user at a time they are the map and the scan.
  { approach: "map-marked", processes: [], alsoInFull: [1, 2] },
  { approach: "linear-marked", processes: [], alsoInFull: [1, 2] },
  {
    approach: "sqlite",
    setup: "no timeout",
    settings: sqlite("0", "wal", "full"),
    processes: [2],
    alsoInFull: [4],
  },
  {
    approach: "sqlite",
    setup: "5 s timeout",
    settings: sqlite(BUSY_TIMEOUT_MS, "wal", "full"),
    processes: [1, 2],
    alsoInFull: [4],
  },
  {
    approach: "sqlite",
    setup: "5 s timeout, NORMAL",
    settings: sqlite(BUSY_TIMEOUT_MS, "wal", "normal"),
    processes: [],
    alsoInFull: [1, 2],
  },
  {
    approach: "sqlite",
    setup: "5 s timeout, rollback",
    settings: sqlite(BUSY_TIMEOUT_MS, "delete", "full"),
    processes: [],
    alsoInFull: [1, 2],
  },
  {
    approach: "sqlite",
    setup: "no timeout, rollback",
    settings: sqlite("0", "delete", "full"),
    processes: [],
    alsoInFull: [2],
  },
  { approach: "postgres", processes: [1, 2], alsoInFull: [4] },
];

/** Those that the experiment is about; others take part where somebody names them. */
export const SUBJECTS: readonly string[] = [...new Set(SETUPS.map(({ approach }) => approach))];

/** Lists what a block holds: the setups of these approaches, as far as there can be such groups; one that writes and is not
 * in the list is written to by one process and by two. */
export function listCells(approaches: Approaches, isFull: boolean, offer: GroupOffer): Cell[] {
  const listed = SETUPS.filter(({ approach }) => approaches[approach] !== undefined);
  const others = Object.keys(approaches).filter((name) => !SETUPS.some(({ approach }) => approach === name));
  const more = others.map((approach): Setup => ({ approach, settleMs: OWN_SETTLE_MS, processes: [1, 2] }));
  return [...listed, ...more].flatMap((setup) => {
    const row = approaches[setup.approach] as Approach;
    if (!row.stores || !row.writes) return [];
    const counts = [...setup.processes, ...(isFull ? (setup.alsoInFull ?? []) : [])];
    return counts.map((processes) => toCell(setup, row, processes)).filter((cell) => isOffered(cell, offer));
  });
}

/** Says which cells there are none of, and why. */
export function listRefusals(approaches: Approaches): string[] {
  return Object.entries(approaches)
    .filter(([, { isExclusive }]) => isExclusive)
    .map(([name]) => `${name} with several processes: it refuses to open what another has open`);
}

function isOffered({ processes, areThreads, row }: Cell, { maxProcesses, hasThreads }: GroupOffer): boolean {
  if (processes > 1 && row.isExclusive) return false;
  return areThreads ? hasThreads : processes <= maxProcesses;
}

function toCell(setup: Setup, row: Approach, processes: number): Cell {
  const { approach, setup: special = "", areThreads = false, settings = {}, settleMs = 0 } = setup;
  const count = `${processes} ${areThreads ? "threads" : processes === 1 ? "process" : "processes"}`;
  const name = [approach, areThreads ? "" : special, count].filter(Boolean).join(", ");
  return { name, approach, row, setup: special, processes, areThreads, settings, settleMs };
}

/** A cell in a block. */
export interface WriterTrial extends Cell {
  /** From 1. */
  readonly block: number;
  readonly seed: number;
}

/** Plans randomised complete blocks. */
export function planWriters(cells: readonly Cell[], blocks: number, seed: number): WriterTrial[] {
  return planTrials({ cells, blocks, seed });
}
