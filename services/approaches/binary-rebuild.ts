// Binary search that takes writes: a new user is appended to the file and kept in a map, the tail. After REBUILD_AFTER of them a
// thread beside the one that answers merges the tail into a new index, which then takes the old one's place.
//
//   read         as binary-held's, then a look into the tail
//   write        one appended line; and a share of each new index: 58 bytes for each user that there is, read twice and written
//                once for every REBUILD_AFTER writes (1M users: 1.2 kB written for each)
//   memory       the tail: at most four times REBUILD_AFTER users, then writes wait for the index
//   start        all of the index is looked through, to find out how far it reaches; what is behind that is the tail
//   durability   the process, as map's; DURABILITY has others, but not one at which a user is answered before the file has it
//   breaks on    a second process: neither sees what the other writes before it makes an index of its own
//   prefer       it when nearly all is read, and the data does not fit into memory. Its index is written over and over: with ten
//                times the users each write costs ten times as much. The next idea is not to merge all of it each time
import { openRebuildingStore } from "../storage/rebuilding-store.ts";
import type { OpenStore } from "../storage/user-store.ts";

/** About 12 MB of users in memory, and at a thousand writes a second an index every 50 seconds. */
const REBUILD_AFTER = 50_000;

export const openBinaryRebuild: OpenStore = (options) => openRebuildingStore(options, REBUILD_AFTER);
