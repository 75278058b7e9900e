// The rows of a run at the level of durability that it asks for, and as their services say it is. Pure.
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import type { Level } from "../../services/storage/user-store.ts";
import type { StoreInfo } from "../targets/store-info.ts";

/** Returns what an answered POST should survive at a level, or null where the approach cannot give it. Those that keep no
 * writes have none to lose. */
export function promiseOf({ stores, writes, durability, levels }: Approach, level: Level) {
  if (level === "lesson" || !(stores && writes)) return durability;
  return levels?.[level] ?? null;
}

/**
 * Returns the rows with what their stores said is in force. A store that did not start keeps its row's word.
 * @throws Error that names the first store whose level is another than was asked for
 */
export function asInForce(
  approaches: Approaches,
  level: Level,
  stores: Readonly<Record<string, StoreInfo | null>>,
): Approaches {
  const rows = Object.entries(approaches).map(([name, row]) => {
    const promised = promiseOf(row, level) ?? row.durability;
    const durability = stores[name]?.durability ?? promised;
    if (level !== "lesson" && durability !== promised)
      throw new Error(
        `${name}: at DURABILITY=${level} its service says that an answered POST survives ${durability}; expected ${promised}`,
      );
    return [name, { ...row, durability }];
  });
  return Object.fromEntries(rows);
}
