// A map refuses data that does not fit into it before it has loaded half of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import { writeSeededUsers } from "../../lab/data/seed.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import {
  assertMapHolds,
  heapOfUsers,
  heapToServe,
  MAP_MAX_ENTRIES,
} from "../../services/storage/map-limits.ts";
import { createFolder, type Folder } from "../helpers/folder.ts";
import { startServiceProcess } from "../helpers/service-process.ts";

test("a Map takes as many records as it can have entries, and not one more", () => {
  assert.equal(MAP_MAX_ENTRIES, 16_777_216);
  assertMapHolds("users.jsonl", MAP_MAX_ENTRIES);
  assert.throws(
    () => assertMapHolds("users.jsonl", MAP_MAX_ENTRIES + 1),
    (error: unknown) =>
      error instanceof DamagedData &&
      error.message === "users.jsonl has 16777217 records; a Map holds at most 16777216",
  );
});

/** Prints the heap bytes that the users of a file take in a Map. */
const MEASURE = `
  const [file, module] = process.argv.slice(1);
  const { readUsers } = await import(module);
  gc();
  const before = process.memoryUsage().heapUsed;
  const users = await readUsers(file);
  gc();
  console.log(process.memoryUsage().heapUsed - before);
  if (users.size === 0) throw new Error("the users must outlive the measurement");`;

/** Just full, and just beyond the last time that the Map doubled. */
const sizes = [131_000, 270_000];

describe("the heap that users need", () => {
  const folders = new Map<number, Folder>();
  const fileOf = (size: number) => (folders.get(size) as Folder).inFolder("users.jsonl");
  before(async () => {
    for (const size of sizes) {
      folders.set(size, createFolder());
      await writeSeededUsers({ file: fileOf(size), size });
    }
  });
  after(() => folders.forEach((folder) => void folder[Symbol.dispose]()));

  for (const size of sizes) {
    test(`is estimated within a tenth, for ${size} users`, () => {
      const module = new URL("../../services/storage/jsonl-users.ts", import.meta.url).href;
      const args = ["--expose-gc", "--input-type=module", "-e", MEASURE, fileOf(size), module];
      const measured = Number(execFileSync(process.execPath, args));
      const ratio = heapOfUsers(statSync(fileOf(size)).size, size) / measured;
      assert.ok(Math.abs(ratio - 1) < 0.1, `estimated ${ratio} times what was measured`);
    });

    const startWith = (megabytes: number) =>
      startServiceProcess({
        APPROACH: "map",
        DATA_DIR: (folders.get(size) as Folder).path,
        NODE_OPTIONS: `--max-old-space-size=${megabytes}`,
      });
    const needOf = () => heapToServe(statSync(fileOf(size)).size, size) / 2 ** 20;

    test(`is enough to load and serve ${size} users`, async () => {
      await using service = startWith(Math.ceil(needOf() * 1.02));
      const address = await service.listening();
      const user = seededUser(DEFAULT_SEED, size - 1);
      for (let round = 0; round < 5; round++) {
        const answers = Array.from({ length: 50 }, () => fetch(`${address}/users/${user.id}`));
        for (const answer of await Promise.all(answers)) assert.deepEqual(await answer.json(), user);
      }
    });

    test(`is asked for in one line when ${size} users do not fit`, async () => {
      for (const share of [0.9, 0.4]) {
        await using service = startWith(Math.floor(needOf() * share));
        assert.deepEqual(await service.ended(), [1, null]);
        const [line, ...rest] = service.stderr().split("\n");
        assert.deepEqual(rest, [""]);
        const [, records, need, limit, raised] =
          /has (\d+) records, which need (\d+) MB of heap; the limit is (\d+) MB \(.*size=(\d+) /.exec(
            line as string,
          ) ?? assert.fail(line);
        assert.equal(Number(records), size);
        assert.ok(Number(limit) < Number(need) && Number(need) < Number(raised), line);
      }
    });
  }
});
