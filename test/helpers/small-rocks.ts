import type { RocksSettings } from "../../services/storage/rocks-database.ts";

/** Tables in memory as small as RocksDB takes them, so that there are many logs. */
export const SMALL_ROCKS: RocksSettings = {
  writeBufferBytes: 64 << 10,
  writeBuffers: 2,
  blockBytes: 8_192,
  filterBitsPerUser: 10,
  backgroundJobs: 2,
};
