// File systems of the experiments' own. Only root can mount.
import { execFile } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { startChild } from "../targets/child.ts";

const run = promisify(execFile);
/** A file system is busy for a moment after the last of its users was killed. */
const UNMOUNT_TRIES = 100;
const RETRY_MS = 20;
/** PostgreSQL's cluster and its log take about 60 MB; the file is sparse. */
const IMAGE_BYTES = 512 * 2 ** 20;
/** FS_IOC_SHUTDOWN of Linux, _IOR('X', 125, __u32), and EXT4_GOING_FLAGS_NOLOGFLUSH: from now on nothing reaches the disk,
 * what waits in memory is lost, and the journal is not written out first. */
const SHUTDOWN = 0x8004587d;
const NO_LOG_FLUSH = 2;
/** Every Debian has Perl, and no other of its tools can ask for an ioctl. */
const CUT_SCRIPT = `
  $| = 1;
  open(my $folder, "<", $ARGV[0]) or die "open: $!";
  my $flags = pack("L", ${NO_LOG_FLUSH});
  print "armed";
  <STDIN>;
  ioctl($folder, ${SHUTDOWN}, $flags) or die "ioctl: $!";`;

/** Where something is mounted. */
export interface MountedFolder extends AsyncDisposable {
  readonly path: string;
}

export interface LoopDevice extends MountedFolder {
  /** Makes everything ready for a cut. Returns how to cut the power: all that the disk does not have by then is lost. */
  readonly arm: () => Promise<() => Promise<void>>;
  /** Unmounts and mounts again, as after a start of the machine. Nobody has files open there. */
  readonly remount: () => Promise<void>;
}

/** Makes an ext4 file system in a file and mounts it. */
export async function mountImage(folder: string): Promise<LoopDevice> {
  let image = join(folder, "image-0");
  writeFileSync(image, "");
  truncateSync(image, IMAGE_BYTES);
  await run("mkfs.ext4", ["-q", "-F", image]);
  // PostgreSQL's server, which is not root, may not be able to enter where the image is.
  const path = mkdtempSync(join(tmpdir(), "lab-crash-"));
  const mount = async () => {
    await run("mount", ["-t", "ext4", "-o", "loop", image, path]);
    chmodSync(path, 0o755);
  };
  try {
    await mount();
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  return {
    path,
    arm: () => armCut(path),
    async remount() {
      await unmount(path);
      // Where another process has its own view of all mounts, such as a browser's sandbox, the system keeps the file system
      // that was cut, and would mount that again.
      const copy = join(folder, `image-${readdirSync(folder).length}`);
      await run("cp", ["--sparse=always", image, copy]);
      rmSync(image);
      image = copy;
      await mount();
    },
    async [Symbol.asyncDispose]() {
      await unmount(path);
      rmdirSync(path);
      rmSync(image);
    },
  };
}

async function armCut(path: string): Promise<() => Promise<void>> {
  const perl = startChild("perl", ["-e", CUT_SCRIPT, path], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  perl.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const ended = once(perl, "close");
  // Nobody waits for it before the power is cut.
  ended.catch(() => {});
  await Promise.race([once(perl.stdout as Readable, "data"), ended]);
  return async () => {
    perl.stdin?.end("\n");
    const [code] = await ended;
    if (code !== 0) throw new Error(`the power could not be cut: ${complaint.trim()}`);
  };
}

/** Mounts a file system in memory, of so many bytes. */
export async function mountMemory(path: string, bytes: number): Promise<MountedFolder> {
  mkdirSync(path, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "lab-crash", path]);
  return { path, [Symbol.asyncDispose]: () => unmount(path) };
}

async function unmount(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await run("umount", [path]);
      return;
    } catch (error) {
      if (tries === UNMOUNT_TRIES) throw error;
    }
    await sleep(RETRY_MS);
  }
}

let lacks: { readonly memory: string | null; readonly image: string | null } | undefined;

/** Says why nothing can be mounted here, by kind; null where it can. Tries it. @param folder to try it in */
export async function findMountLacks(folder: string) {
  lacks ??= {
    memory: await findLack(() => mountMemory(join(folder, "try-memory"), 2 ** 20)),
    image: await findLack(async () => {
      const own = join(folder, "try-image");
      mkdirSync(own);
      const device = await mountImage(own);
      try {
        const cut = await device.arm();
        await cut();
        return device;
      } catch (error) {
        await device[Symbol.asyncDispose]();
        throw error;
      }
    }),
  };
  return lacks;
}

async function findLack(mount: () => Promise<MountedFolder>): Promise<string | null> {
  if (process.platform !== "linux") return "only Linux has what it takes";
  if (process.getuid?.() !== 0) return "only root may mount";
  try {
    await using _mounted = await mount();
    return null;
  } catch (error) {
    const { code, path, stderr, message } = error as {
      code?: string;
      path?: string;
      stderr?: string;
      message: string;
    };
    if (code === "ENOENT") return `${path ?? "a program"} is not on the PATH`;
    return (stderr?.trim() || message).split("\n").at(-1) as string;
  }
}
