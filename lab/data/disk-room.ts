// Whether the disk holds what is to be prepared.
import { statfs } from "node:fs/promises";
import type { Approaches } from "../../services/approaches/approach.ts";
import { dataFolderOf, takesOrders } from "./data-places.ts";
import { isOf, readManifest, type Wanted } from "./manifest.ts";
import type { OwnRecords } from "./own-records.ts";

/** Disk that one user takes at most over all approaches, copies for writing and temporary files: measured at a
 * million users with `npm run prepare-data -- --size 1M` and `du`, and half as much again. */
export const DISK_BYTES_PER_USER = 2_000;
/** What one user takes more with orders and inventory, of each approach that has them: the same data once more, and those. */
const SHOP_BYTES_PER_USER = 1_200;
const SEEDED_RECORD_BYTES = 140;
const DISK_BYTES_FIXED = 200_000_000;

/** Looks at the disk, unless all is there already. @throws Error when it has too little room */
export async function assertDiskHoldsPrepared(
  options: Wanted & {
    readonly root: string;
    readonly approaches: Approaches;
    readonly orders?: boolean;
    readonly records?: OwnRecords | undefined;
  },
): Promise<void> {
  const { root, size, approaches, records, orders = false } = options;
  const takers = Object.entries(approaches).flatMap(([name, row]) =>
    orders && takesOrders(row) ? [name] : [],
  );
  const folders = [
    ...["seeded", ...Object.keys(approaches)].map((name) => dataFolderOf(root, size, name)),
    ...takers.map((name) => dataFolderOf(root, size, name, true)),
  ];
  if (folders.every((folder) => isOf(readManifest(folder), options))) return;
  const recordTimes = (records?.bytes.p99 ?? 0) / SEEDED_RECORD_BYTES;
  const userBytes = DISK_BYTES_PER_USER * Math.max(1, recordTimes);
  await assertDiskHolds(root, size, userBytes + takers.length * SHOP_BYTES_PER_USER);
}

/** @throws Error when the disk has too little room for so many users at so many bytes each */
export async function assertDiskHolds(root: string, size: number, bytesPerUser: number): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  const needBytes = size * bytesPerUser + DISK_BYTES_FIXED;
  if (bavail * bsize >= needBytes) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new Error(
    `${root} has ${gigabytes(bavail * bsize)} GB free; ${size} users need ${gigabytes(needBytes)} GB`,
  );
}
