// lsm, whose logs are full so soon that a kill or a cut at a moment of chance meets it while tables are made and merged and the
// manifest is replaced.
import type { Approach } from "../../services/approaches/approach.ts";
import { openLsmStore } from "../../services/storage/lsm/store.ts";

/** About 14 users. */
const MEMORY_TABLE_BYTES = 2_000;

export const approach: Approach = {
  summary: "a log-structured merge tree of tiny tables",
  load: async () => (options) => openLsmStore(options, MEMORY_TABLE_BYTES),
  needs: ["store"],
  stores: true,
  writes: true,
  durability: "process",
  levels: { power: "power" },
  batches: "atomic",
  isExclusive: true,
};
