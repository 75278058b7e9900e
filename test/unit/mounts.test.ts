import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { describeDisk } from "../../lab/machine/disk.ts";
import { findMount, parseMounts } from "../../lab/machine/mounts.ts";

const LISTED = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
36 27 0:40 /@home /home ro,noatime master:1 propagate_from:2 - btrfs /dev/nvme0n1p2 rw,compress=zstd:1,subvol=/@home
37 27 8:17 / /mnt/my\\040disk rw shared:9 - xfs /dev/sdb1 rw,attr2
38 27 0:50 / /data rw,relatime - overlay overlay rw,lowerdir=/a:/b
`;

describe("the mounts of a Linux", () => {
  const mounts = parseMounts(LISTED);
  const pointOf = (path: string) => findMount(mounts, path)?.point;

  test("are read with their options, the mount's own before the file system's", () => {
    assert.deepEqual(mounts[2], {
      device: "0:40",
      root: "/@home",
      point: "/home",
      type: "btrfs",
      source: "/dev/nvme0n1p2",
      options: ["ro", "noatime", "compress=zstd:1", "subvol=/@home"],
    });
    assert.deepEqual(mounts[1]?.options, ["rw", "relatime", "errors=remount-ro"]);
    assert.equal(mounts.length, 5);
  });

  test("are found by the longest that holds a path", () => {
    assert.equal(pointOf("/home/ada/data"), "/home");
    assert.equal(pointOf("/home"), "/home");
    assert.equal(pointOf("/homes/ada"), "/");
    assert.equal(pointOf("/mnt/my disk/data"), "/mnt/my disk");
    assert.equal(pointOf("/mnt/my"), "/");
    assert.equal(pointOf("/"), "/");
    assert.equal(findMount([], "/"), null);
  });

  test("at one place are those that were mounted last", () => {
    const again = parseMounts(
      `${LISTED}40 38 0:51 / /data rw - tmpfs tmpfs rw\n41 27 0:52 / / rw - aufs none rw\n`,
    );
    assert.equal(findMount(again, "/data/10000")?.type, "tmpfs");
    assert.equal(findMount(again, "/etc")?.type, "aufs");
  });

  test("are found whatever characters their names have", () => {
    const encode = (text: string) =>
      text.replaceAll(
        /[ \t\n\\]/g,
        (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
      );
    const name = fc.string({
      unit: fc.constantFrom("a", "é", " ", "\t", "\n", "\\", "0", "4", "-"),
      minLength: 1,
    });
    fc.assert(
      fc.property(name, (name) => {
        const found = parseMounts(`${LISTED}50 27 8:1 / /mnt/${encode(name)} rw - ext4 /dev/sda1 rw\n`);
        assert.equal(findMount(found, `/mnt/${name}/data`)?.point, `/mnt/${name}`);
      }),
    );
  });
});

describe("the disk below a folder", () => {
  const on = (line: string, files: Record<string, string>) =>
    describeDisk("/", (path) => ({ "/proc/self/mountinfo": line, ...files })[path] ?? null);
  const EXT4 = "27 1 8:1 / / rw - ext4 /dev/sda1 rw";

  test("is rotational when its own queue, or that of the disk it is a part of, says so", () => {
    assert.equal(on(EXT4, { "/sys/dev/block/8:1/queue/rotational": "1" })?.isRotational, true);
    assert.equal(on(EXT4, { "/sys/dev/block/8:1/../queue/rotational": "0" })?.isRotational, false);
  });

  test("is found by its name where the file system has a device number of its own", () => {
    const btrfs = "27 1 0:33 / / rw - btrfs /dev/sda1 rw";
    assert.equal(on(btrfs, { "/sys/class/block/sda1/../queue/rotational": "0" })?.isRotational, false);
  });

  test("is not guessed", () => {
    assert.equal(on("27 1 0:33 / / rw - overlay overlay rw", {})?.isRotational, null);
    assert.equal(
      describeDisk("/", () => null),
      null,
    );
  });
});
