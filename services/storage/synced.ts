import type { Durability } from "./user-store.ts";

/** What a database's synced commit survives. On macOS fsync leaves the drive's own cache unwritten, and neither engine asks
 * for more by default. */
export const SYNCED: Durability = process.platform === "darwin" ? "process" : "power";
