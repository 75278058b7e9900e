// Map, watched: the map, and an ear on the file. When the system says that the file has changed, what another process has
// appended is read into the map. So two processes see each other's users, a little late.
//
//   read         one Map.get, of what this process has read so far
//   write        as the map's; and every line, also its own, is parsed once more when the file is read on
//   stale        for as long as the system takes to tell, and the look at the file: milliseconds where nobody is in
//                the way of it, see map_staleness_milliseconds_total; up to POLL_MS after an event that was missed
//   repairs      events get lost (queues overflow, some file systems send none), so a slow poll rings, too; each look
//                reads on from the last whole line, whatever rang
//   durability   the process, as the map's; DURABILITY has other levels
//   prefer       it for a few processes on one machine that may read a little late. Two of them can still make the
//                same id, and over a network file system there are neither events nor whole lines
import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { openMapInStep } from "../storage/map-in-step.ts";
import type { OpenStore } from "../storage/user-store.ts";

/** How stale an event that was missed can make a read, the look itself not counted. */
const POLL_MS = 1_000;

export const openMapWatched: OpenStore = (options) =>
  openMapInStep(options, POLL_MS, (file, ring) => ({ end: watchFile(file, ring, options.log) }));

/** Rings when a file changes. The folder is what is watched: the file may not be there yet, or be replaced. */
function watchFile(file: string, ring: () => void, log: (line: string) => void): () => void {
  const isDeaf = (error: Error) => log(`${file} is polled, not watched: ${error.message}`);
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(file)) ring();
    });
    watcher.on("error", isDeaf);
    return () => watcher.close();
  } catch (error) {
    isDeaf(error as Error);
    return () => {};
  }
}
