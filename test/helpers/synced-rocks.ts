// Writes to a RocksDB that syncs each commit, with logs so short that there are many: a program, to be watched.

import { openRocksDatabase } from "../../services/storage/rocks-database.ts";
import { SMALL_ROCKS } from "./small-rocks.ts";
import { someUsers } from "./users.ts";

const AT_ONCE = 10;

await using rocks = await openRocksDatabase(process.argv[2] as string, SMALL_ROCKS, true);
const users = someUsers(2_000);
for (let from = 0; from < users.length; from += AT_ONCE) await rocks.write(users.slice(from, from + AT_ONCE));
