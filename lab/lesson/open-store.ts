// An approach without its service: for what is measured in a process of its own.
import { startRandom } from "../../k6/lib/random.ts";
import { seededId } from "../../k6/lib/users.ts";
import { type ApproachName, approaches } from "../../services/approaches/index.ts";
import type { UserStore } from "../../services/storage/user-store.ts";

/** As the lesson has it. */
const SQLITE = { busyTimeoutMs: 0, journalMode: "wal", synchronous: "full" } as const;

export async function openStore(
  approach: ApproachName,
  dataDir: string,
  databaseUrl?: string,
): Promise<UserStore> {
  const open = await approaches[approach].load();
  return open({ dataDir, databaseUrl, sqlite: SQLITE, durability: "lesson", log: () => {} });
}

/** Which users are asked for. */
export interface Asked {
  readonly size: number;
  readonly dataSeed: number;
  readonly seed: number;
}

/** Returns a function that draws the id of any stored user, all alike. */
export function startIds({ size, dataSeed, seed }: Asked): () => string {
  const random = startRandom(seed);
  return () => seededId(dataSeed, random(size));
}

/** Returns a function that looks up one user after the other. @throws Error for a wrong answer */
export function startLookups(findById: (id: string) => unknown, asked: Asked): () => unknown {
  const nextId = startIds(asked);
  return () => {
    const id = nextId();
    const check = (user: unknown) => {
      if ((user as { id?: string } | null)?.id !== id) throw new Error(`asked for ${id}, found another`);
    };
    const found = findById(id);
    return found instanceof Promise ? found.then(check) : check(found);
  };
}
