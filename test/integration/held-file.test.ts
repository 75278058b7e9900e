// A file that is held open for appending, on a device that takes nothing and later on one that does; and one whose descriptor is
// exchanged for a device that takes all and syncs nothing. A disk that fails a sync is in `npm run crash -- --only disk`.
import assert from "node:assert/strict";
import { existsSync, fstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { openHeldFile } from "../../services/storage/held-file.ts";
import { findDescriptor, makeUnsyncable, withoutDescriptors } from "../helpers/descriptors.ts";
import { createFolder } from "../helpers/folder.ts";

const skip = existsSync("/dev/full") ? false : "not run: there is no /dev/full";

test("an append that failed is not tried again: the next one has the file repaired and opened first", {
  skip,
}, async () => {
  using folder = createFolder();
  const file = folder.inFolder("lines");
  symlinkSync("/dev/full", file);
  let repairs = 0;
  let isWell = false;
  const held = await openHeldFile(file, false, async () => {
    repairs++;
    if (!isWell) throw new Error("cannot be repaired yet");
    rmSync(file);
    writeFileSync(file, "repaired\n");
  });
  await assert.rejects(held.append("lost\n"), { code: "ENOSPC" });
  assert.equal(repairs, 0);
  assert.equal(held.readFlags(), "not open");
  await assert.rejects(held.append("lost too\n"), /cannot be repaired yet/);
  isWell = true;
  for (const line of ["one\n", "two\n"]) await held.append(line);
  assert.equal(repairs, 2);
  if (process.platform === "linux") assert.equal(held.readFlags(), "O_WRONLY|O_APPEND");
  await held.close();
  assert.equal(readFileSync(file, "utf8"), "repaired\none\ntwo\n");
});

test("a file whose last append failed is closed without a fault", { skip }, async () => {
  using folder = createFolder();
  symlinkSync("/dev/full", folder.inFolder("lines"));
  const held = await openHeldFile(folder.inFolder("lines"), false, async () => {});
  await assert.rejects(held.append("lost\n"), { code: "ENOSPC" });
  await held.close();
});

test("a sync that failed is not tried again: the line is an error, and the next one has the file repaired and opened first", {
  skip: withoutDescriptors,
}, async () => {
  using folder = createFolder();
  const file = folder.inFolder("lines");
  let repairs = 0;
  const held = await openHeldFile(file, true, async () => {
    repairs++;
  });
  await held.append("one\n");
  const fd = findDescriptor(file, true);
  makeUnsyncable(fd);
  await assert.rejects(held.append("unsynced\n"), { code: "EINVAL", syscall: "fdatasync" });
  assert.equal(repairs, 0);
  assert.throws(() => fstatSync(fd), { code: "EBADF" });
  for (const line of ["two\n", "three\n"]) await held.append(line);
  assert.equal(repairs, 1);
  assert.equal(held.readFlags(), "O_WRONLY|O_APPEND");
  await held.close();
  assert.equal(readFileSync(file, "utf8"), "one\ntwo\nthree\n");
});
