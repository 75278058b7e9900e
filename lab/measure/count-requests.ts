// Counts the system calls of requests, untimed: a service under strace, asked one request at a time over one connection.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Random } from "../../k6/lib/random.ts";
import { type DataOptions, findAnswers, prepareRequest } from "../../k6/lib/requests.ts";
import { type Operation, workloads } from "../../k6/lib/workloads.ts";
import { seededFileOf } from "../data/data-places.ts";
import { type Conversation, openConversation } from "../load/conversation.ts";
import { readStoredUsers } from "../load/stored-users.ts";
import { startService } from "../targets/native-service.ts";
import { countCalls, MARK } from "./call-counts.ts";
import { COUNTED_FROM, chooseRequests, PILOT_REQUESTS, spreadEvenly } from "./counting-plan.ts";
import type { Cell } from "./plan.ts";
import type { RequestCounts } from "./request-counts.ts";
import type { RunTools } from "./run.ts";
import { parseTrace } from "./syscall-trace.ts";
import type { Bench } from "./trial.ts";
import { layOutData } from "./trial-data.ts";

/** -D: the service is the child, and strace a process beside it that ends with it. %file and %desc: whatever takes a
 * path or a descriptor. */
const STRACE = ["strace", "-D", "-f", "-y", "-e", "trace=%file,%desc,%network,msync,sync"];
/** What a request leaves to other threads, such as closing its file, is done by then. */
const SETTLE_MS = 100;

/** What counting needs to know of a run. */
type CountedBench = Pick<
  Bench,
  "dataRoot" | "size" | "dataSeed" | "records" | "durability" | "target" | "signal"
>;

/** Says why nothing can be counted here; null where it can. */
export async function findObstacle(): Promise<string | null> {
  using folder = makeFolder();
  const file = join(folder.path, "trace");
  const [program = "", ...args] = [...STRACE, "-o", file, process.execPath, "--version"];
  try {
    // strace runs the program also where it may not trace it, and says so.
    const { stderr } = await promisify(execFile)(program, args);
    return statSync(file).size > 0 ? null : stderr.trim().split("\n").at(-1) || "strace wrote nothing";
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "strace is not on the PATH" : message;
  }
}

/** Counts all of these, one after the other. What cannot be counted is told, and left out; only a stop of the run throws. */
export async function countCells(
  bench: CountedBench,
  cells: readonly Cell[],
  { onCounts, onNotCounted }: Pick<RunTools, "onCounts" | "onNotCounted">,
): Promise<RequestCounts[]> {
  const obstacle = await findObstacle();
  if (obstacle !== null) {
    onNotCounted(obstacle);
    return [];
  }
  const all: RequestCounts[] = [];
  for (const cell of cells) {
    try {
      const counts = await countRequests(bench, cell);
      all.push(counts);
      onCounts(counts);
    } catch (error) {
      bench.signal.throwIfAborted();
      onNotCounted(`${cell.workload} ${cell.approach}: ${(error as Error).message}`);
    }
  }
  return all;
}

/**
 * Counts what a request costs once the service is warm. The same requests on every machine, whatever they cost there.
 * @throws Error when the service does not start, answers wrongly, or cannot be traced
 */
export async function countRequests(bench: CountedBench, cell: Cell): Promise<RequestCounts> {
  const { approach, row, workload } = cell;
  const { target, size, signal } = bench;
  using folder = makeFolder();
  await using data = await layOutData(bench, cell);
  const file = join(folder.path, "trace");
  await using service = await startService({
    approach,
    approachFile: row.file?.path,
    dataDir: data.dataDir,
    databaseUrl: data.database === undefined ? undefined : target.database?.urlOf(data.database),
    settings: {
      DURABILITY: bench.durability ?? "lesson",
      ...(bench.records && { MAX_NAME_CHARACTERS: String(bench.records.longestRecord) }),
    },
    runner: [...STRACE, "-o", file, process.execPath],
    signal,
  });
  using conversation = await openConversation({ ...service, signal });
  const { dataSeed } = bench;
  const asked = {
    dataSeed,
    storesUsers: row.stores,
    answers: findAnswers(workload, dataSeed, size),
    userAt: readStoredUsers(bench.records && seededFileOf(bench.dataRoot, size)),
  };
  const askBetweenMarks = async (requests: number, keys: Random) => {
    await mark(conversation);
    for (let done = 0; done < requests; done++) {
      const operation = workloads[workload].next(keys, size);
      await askRightly(operation, asked, conversation);
    }
    await mark(conversation);
  };
  const count = (requests: number) => countCalls(parseTrace(readFileSync(file, "utf8")), requests);

  const warmingKeys = spreadEvenly(0);
  await askBetweenMarks(PILOT_REQUESTS, warmingKeys);
  const requests = chooseRequests(count(PILOT_REQUESTS).fileReadBytes);
  await askBetweenMarks(requests, warmingKeys);
  await askBetweenMarks(requests, spreadEvenly(COUNTED_FROM));
  const usesDatabase = data.database !== undefined;
  return { approach, workload, size, usesDatabase, ...count(requests) };
}

async function mark({ ask }: Conversation): Promise<void> {
  await sleep(SETTLE_MS);
  await ask({ method: "GET", path: MARK, body: null });
}

/** @throws Error when the answer is wrong */
async function askRightly(operation: Operation, data: DataOptions, { ask }: Conversation): Promise<void> {
  const request = prepareRequest(operation, data);
  const { status, body } = await ask(request);
  if (status === request.status && request.isRightBody(body)) return;
  throw new Error(`a wrong answer to ${request.method} ${request.path}: ${status} ${body.slice(0, 200)}`);
}

function makeFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "lab-strace-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
