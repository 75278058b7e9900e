// Map, notified: the map, and a bell that all its processes hear: PostgreSQL's LISTEN and NOTIFY. Whoever has appended a
// user rings it, and the others read on from the last whole line of the file. The users stay in the file alone.
//
//   read         one Map.get, of what this process has read so far
//   write        as the map's; afterwards, unless one is under way, one NOTIFY for all that has been appended meanwhile.
//                POST does not wait for it
//   stale        for as long as a notification takes, see map_staleness_milliseconds_total
//   dropped      PostgreSQL keeps nothing for who does not listen. A process whose subscription is lost subscribes again,
//                and then reads what it has missed; until then it may be stale (map_subscribed is 0). While the server is
//                away POST is still answered 201, because the file has the user; who could not ring rings later.
//                For who was killed before it could ring, all look by themselves every POLL_MS
//   durability   the process, as the map's; DURABILITY has other levels
//   prefer       map-watched on one machine, which needs no server. Where there is one, it may as well keep the users
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { describeDatabaseError, isAway } from "../storage/database-away.ts";
import { openMapInStep } from "../storage/map-in-step.ts";
import { runWhileRung } from "../storage/run-while-rung.ts";
import type { OpenStore } from "../storage/user-store.ts";

const CHANNEL = "users_appended";
const CONNECT_TIMEOUT_SECONDS = 3;
const CLOSE_LIMIT_MS = 1_000;
const RECONNECT_SECONDS = 0.1;
/** How stale a read can be without a notification, the look itself not counted. */
const POLL_MS = 10_000;

export const openMapNotified: OpenStore = (options) =>
  openMapInStep(options, POLL_MS, async (_file, ring) => {
    const { databaseUrl = "", log } = options;
    const subscription = await subscribe(databaseUrl, ring, log);
    const bell = connectBell(databaseUrl);
    return {
      tell: bell.ring,
      figures: () => [
        {
          name: "map_subscribed",
          help: "1 while notifications come, 0 while the subscription is lost.",
          value: subscription.isAlive() ? 1 : 0,
        },
      ],
      settings: { channel: CHANNEL },
      end: async () => void (await Promise.all([subscription.end(), bell.end()])),
    };
  });

/**
 * Subscribes, again whenever the subscription is lost. Rings for every notification, and each time it has subscribed,
 * for those that were missed.
 * @throws Error when the database refuses
 */
async function subscribe(databaseUrl: string, ring: () => void, log: (line: string) => void) {
  let isAlive = false;
  const sql = postgres(databaseUrl, {
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    fetch_types: false,
    onnotice: () => {},
    // The package tells nobody that a subscription is lost; but it asks how long to wait before it connects again.
    backoff: () => {
      isAlive = false;
      return RECONNECT_SECONDS;
    },
  });
  const onSubscribed = () => {
    isAlive = true;
    ring();
  };
  try {
    await sql.listen(CHANNEL, ring, onSubscribed);
  } catch (error) {
    if (!isAway(error)) {
      await sql.end({ timeout: 0 });
      throw new Error(`DATABASE_URL: ${describeDatabaseError(error)}`, { cause: error });
    }
    log(`PostgreSQL is away, will try again: ${describeDatabaseError(error)}`);
  }
  return { isAlive: () => isAlive, end: () => sql.end({ timeout: 0 }) };
}

/** Rings for all processes. A server that is away is tried again until it has been told. */
function connectBell(databaseUrl: string) {
  let isClosed = false;
  const sql = postgres(databaseUrl, {
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    fetch_types: false,
    onnotice: () => {},
    backoff: () => RECONNECT_SECONDS,
  });
  const ring = runWhileRung(async () => {
    try {
      if (!isClosed) await sql.notify(CHANNEL, "");
    } catch {
      await sleep(RECONNECT_SECONDS * 1000, undefined, { ref: false });
      ring();
    }
  });
  return {
    ring,
    /** Rings once more, for what has not been told yet. */
    end: async () => {
      isClosed = true;
      // A server that hangs is not waited for.
      const told = sql.notify(CHANNEL, "").catch(() => {});
      await Promise.race([told, sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]);
      await sql.end({ timeout: 0 });
    },
  };
}
