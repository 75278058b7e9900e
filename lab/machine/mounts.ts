// Mounted file systems, as Linux lists them in /proc/<pid>/mountinfo (proc_pid_mountinfo(5)).

export interface Mount {
  /** Major and minor number of the device, such as "254:0"; major 0 where no block device is behind it. */
  readonly device: string;
  /** The folder of the file system that is mounted: "/" for all of it. */
  readonly root: string;
  /** Where it is mounted. */
  readonly point: string;
  readonly type: string;
  /** What the file system is told that it is on, such as "/dev/vda1" or "overlay". */
  readonly source: string;
  /** Those of the mount, then those of the file system. */
  readonly options: readonly string[];
}

export function parseMounts(mountInfo: string): Mount[] {
  return mountInfo.split("\n").flatMap((line) => {
    const [ofMount = "", ofFileSystem] = line.split(" - ");
    if (ofFileSystem === undefined) return [];
    const [, , device = "", root = "", point = "", options = ""] = ofMount.split(" ").map(readEscapes);
    const [type = "", source = "", more = ""] = ofFileSystem.split(" ").map(readEscapes);
    // Whether the mount may be written to is its own option; the file system's would contradict it.
    const others = more.split(",").filter((option) => option !== "rw" && option !== "ro" && option !== "");
    return { device, root, point, type, source, options: [...new Set([...options.split(","), ...others])] };
  });
}

/** Spaces, tabs, newlines and backslashes are written as octal numbers. */
function readEscapes(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Finds the mount that holds a path: the longest that it begins with, and of several at one place the last.
 * @param path absolute, without symbolic links */
export function findMount(mounts: readonly Mount[], path: string): Mount | null {
  const holds = ({ point }: Mount) => path === point || path.startsWith(point === "/" ? "/" : `${point}/`);
  return mounts
    .filter(holds)
    .reduce<Mount | null>(
      (found, mount) => (found === null || mount.point.length >= found.point.length ? mount : found),
      null,
    );
}
