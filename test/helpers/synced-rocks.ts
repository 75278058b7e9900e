// Writes to a RocksDB that syncs each commit, with logs so short that there are many: a program, to be watched.

import { openRocksDatabase } from "../../services/storage/rocks-database.ts";
import { someUsers } from "./users.ts";

/** The least that RocksDB takes. */
const WRITE_BUFFER_BYTES = 64 << 10;
const AT_ONCE = 10;

const settings = { writeBufferBytes: WRITE_BUFFER_BYTES, writeBuffers: 2, blockBytes: 8_192 };
const rest = { filterBitsPerUser: 10, backgroundJobs: 2 };
await using rocks = await openRocksDatabase(process.argv[2] as string, { ...settings, ...rest }, true);
const users = someUsers(2_000);
for (let from = 0; from < users.length; from += AT_ONCE) await rocks.write(users.slice(from, from + AT_ONCE));
