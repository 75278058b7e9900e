// What the data folder lies on.
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import * as z from "zod";
import { list, object } from "../shape.ts";
import { findMount, type Mount, parseMounts } from "./mounts.ts";
import { type ReadText, readSystemText } from "./system-text.ts";

export const diskShape = object({
  fileSystem: z.string(),
  /** Such as "/dev/vda1". */
  source: z.string(),
  mountOptions: list(z.string()),
  /** Whether it is a disk with heads that move; null where no block device is behind the file system. */
  isRotational: z.boolean().nullable(),
});
export type Disk = z.infer<typeof diskShape>;

/** Describes what a folder lies on; null where the system has no list of mounts. */
export function describeDisk(folder: string, read: ReadText = readSystemText): Disk | null {
  const mount = findMount(parseMounts(read("/proc/self/mountinfo") ?? ""), realpathSync(folder));
  if (mount === null) return null;
  const { type, source, options } = mount;
  return { fileSystem: type, source, mountOptions: options, isRotational: isRotational(mount, read) };
}

function isRotational({ device, source }: Mount, read: ReadText): boolean | null {
  // A partition has its queue one folder up. Some file systems, such as btrfs, have devices of their own.
  const names = [
    `dev/block/${device}`,
    ...(source.startsWith("/dev/") ? [`class/block/${basename(source)}`] : []),
  ];
  const files = names.flatMap((name) => [
    `/sys/${name}/queue/rotational`,
    `/sys/${name}/../queue/rotational`,
  ]);
  const said = files.map(read).find((text) => text !== null);
  return said === undefined ? null : said === "1";
}
