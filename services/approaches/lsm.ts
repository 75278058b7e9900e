// LSM tree: what is written goes to a log and a table in memory; when that is full it is sorted and becomes a file that never
// changes; files of one size are merged into one of the next. Binary search for what is old, a map for what is new.
//
//   read         the map; then each table's Bloom filter, and one block of 4 kB of the table that has the id (of another, by
//                mistake, once in 120 times)
//   write        a read, for the id must be new; one line of the log, shared by all who come at once. Later each user is
//                written again for each size of table there is: four times in all at a million
//   memory       what is new, at most three logs of 4 to 8 MB, as a map of objects; of each user on the disk about 3 bytes
//                of filter and index, and those take more as strings; the threads that make tables
//   durability   the process: the system has the line when POST is answered. DURABILITY=power waits for the disk
//   breaks on    a second process, which it refuses: each would write tables that the other does not know
//   prefer       it where many write and the data does not fit in memory; docs/LSM.md
import { openLsmStore } from "../storage/lsm/store.ts";
import type { OpenStore } from "../storage/user-store.ts";

export const openLsm: OpenStore = (options) => openLsmStore(options);
