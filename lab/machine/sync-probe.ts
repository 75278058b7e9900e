// What it takes to have a little written for good.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "simple-statistics";
import * as z from "zod";
import { object } from "../shape.ts";

const WRITES = 200;
const BYTES_PER_WRITE = 4_096;
/** A slow disk gets fewer writes. */
const LIMIT_MS = 2_000;

export const syncProbeShape = object({
  /** How many were made. */
  writes: z.int(),
  bytesPerWrite: z.int(),
  p50Ms: z.number(),
  p99Ms: z.number(),
});
export type SyncProbe = z.infer<typeof syncProbeShape>;

/** Appends to a file and has each write on the disk (fdatasync) before the next. The file is removed.
 * @param limitMs after which no write is begun but the first */
export function probeSync(folder: string, limitMs = LIMIT_MS): SyncProbe {
  const file = join(folder, `.sync-probe-${process.pid}`);
  const bytes = Buffer.alloc(BYTES_PER_WRITE, 1);
  const tookMs: number[] = [];
  const fd = openSync(file, "w");
  try {
    const untilMs = performance.now() + limitMs;
    while (tookMs.length < WRITES && (tookMs.length === 0 || performance.now() < untilMs)) {
      const startedMs = performance.now();
      writeSync(fd, bytes);
      fdatasyncSync(fd);
      tookMs.push(performance.now() - startedMs);
    }
  } finally {
    closeSync(fd);
    rmSync(file, { force: true });
  }
  const [p50Ms, p99Ms] = [quantile(tookMs, 0.5), quantile(tookMs, 0.99)];
  return { writes: tookMs.length, bytesPerWrite: BYTES_PER_WRITE, p50Ms, p99Ms };
}
