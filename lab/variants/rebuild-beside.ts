// One reader beside posts to a store whose index is made anew now and then: what a read takes meanwhile and otherwise, and
// whether its memory stays within bounds.
import { setTimeout as sleep } from "node:timers/promises";
import type { Histogram } from "hdr-histogram-js";
import { startRandom } from "../../k6/lib/random.ts";
import { seededUser } from "../../k6/lib/users.ts";
import { openConversation } from "../load/conversation.ts";
import { buildLatencies } from "../load/latencies.ts";
import { type NativeService, startService } from "../targets/native-service.ts";

/** The service is asked so often whether it makes an index; a read belongs to what it last said. */
const ASK_MS = 50;
/** Users of a post: one by one they would take an hour to make it necessary to make an index a few times. */
const BATCH_USERS = 100;

export interface RebuildOptions {
  readonly approach: string;
  /** A copy: it is written to. */
  readonly dataDir: string;
  readonly size: number;
  readonly dataSeed: number;
  readonly seed: number;
  readonly connections: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

export interface Beside {
  /** Users. */
  readonly posted: number;
  readonly rebuilds: number;
  /** Share of the time in which an index was being made. */
  readonly rebuildingShare: number;
  /** Microseconds of reads, while an index was being made and otherwise. */
  readonly reads: { readonly beside: Histogram; readonly without: Histogram };
  /** The most users that the map had. */
  readonly tailMax: number;
  /** Resident memory of the service: at the start, and the most in each quarter of the time. */
  readonly startBytes: number;
  readonly quarterMaxBytes: readonly number[];
}

/** @throws Error for an answer that is wrong */
export async function readBesideRebuilds(options: RebuildOptions): Promise<Beside> {
  const { approach, dataDir, connections, durationMs, signal } = options;
  await using service = await startService({ approach, dataDir, signal });
  const startBytes = (await readFigures(service)).rssBytes;
  const startedMs = performance.now();
  const isOver = () => performance.now() - startedMs > durationMs;
  const reads = { beside: buildLatencies(), without: buildLatencies() };
  const quarterMaxBytes = [0, 0, 0, 0];
  let [posted, rebuilds, tailMax, asked, askedBeside, isRebuilding] = [0, 0, 0, 0, 0, false];

  async function post(): Promise<void> {
    using conversation = await openConversation({ ...service, signal });
    const body = JSON.stringify({
      users: Array.from({ length: BATCH_USERS }, () => ({ name: "Ada", email: "ada@example.com" })),
    });
    for (; !isOver(); posted += BATCH_USERS) {
      const { status } = await conversation.ask({ method: "POST", path: "/users/batch", body });
      if (status !== 201) throw new Error(`POST was answered ${status}`);
    }
  }
  async function read(): Promise<void> {
    using conversation = await openConversation({ ...service, signal });
    const random = startRandom(options.seed);
    while (!isOver()) {
      const user = seededUser(options.dataSeed, random(options.size));
      const into = isRebuilding ? reads.beside : reads.without;
      const askedMs = performance.now();
      const { body } = await conversation.ask({ method: "GET", path: `/users/${user.id}`, body: null });
      into.recordValue(Math.max(1, Math.round((performance.now() - askedMs) * 1_000)));
      if (body !== JSON.stringify(user)) throw new Error(`asked for ${user.id}, was answered ${body}`);
    }
  }
  async function watch(): Promise<void> {
    for (; !isOver(); await sleep(ASK_MS, undefined, { signal })) {
      const figures = await readFigures(service);
      isRebuilding = figures.isRebuilding;
      asked++;
      if (isRebuilding) askedBeside++;
      rebuilds = figures.rebuilds;
      tailMax = Math.max(tailMax, figures.tail);
      const quarter = Math.min(3, Math.floor((4 * (performance.now() - startedMs)) / durationMs));
      quarterMaxBytes[quarter] = Math.max(quarterMaxBytes[quarter] as number, figures.rssBytes);
    }
  }

  await Promise.all([...Array.from({ length: connections }, post), read(), watch()]);
  return {
    ...{
      posted,
      rebuilds,
      rebuildingShare: askedBeside / asked,
      reads,
      tailMax,
      startBytes,
      quarterMaxBytes,
    },
  };
}

async function readFigures({ host, port }: Pick<NativeService, "host" | "port">) {
  const text = await (await fetch(`http://${host}:${port}/metrics`)).text();
  const read = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  return {
    isRebuilding: read("binary_rebuilding") === 1,
    rebuilds: read("binary_rebuilds_total"),
    tail: read("binary_tail_users"),
    rssBytes: read("process_resident_memory_bytes"),
  };
}
