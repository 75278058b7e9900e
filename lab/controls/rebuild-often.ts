// binary-rebuild, whose index is made anew so often that a kill at a moment of chance meets it while it is being made.
import type { Approach } from "../../services/approaches/approach.ts";
import { openRebuildingStore } from "../../services/storage/rebuilding-store.ts";

const REBUILD_AFTER = 20;

export const approach: Approach = {
  summary: "binary search whose index is made anew all the time",
  load: async () => (options) => openRebuildingStore(options, REBUILD_AFTER),
  needs: ["users.jsonl", "users.idx"],
  stores: true,
  writes: true,
  durability: "process",
  variantOf: "binary",
};
