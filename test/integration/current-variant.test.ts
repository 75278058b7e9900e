// The one container that can be any approach: what the bench writes for it, read by a real service.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pointVariant, setServices, VARIANT_SERVICE, watchServices } from "../../lab/data/current-data.ts";
import { writeDatabase, writeUsers } from "../helpers/data-files.ts";
import { createFolder } from "../helpers/folder.ts";
import { startServiceProcess } from "../helpers/service-process.ts";
import { someUsers } from "../helpers/users.ts";

const MAIN = join(import.meta.dirname, "../../services/main.ts");

/** Starts it as the Dockerfile and docker-compose.yml do, in this folder instead of /data. */
function startVariant(root: string, environment: Record<string, string> = {}) {
  const current = join(root, "current");
  const pointers = {
    DATA_DIR: join(current, VARIANT_SERVICE),
    DATABASE_URL_FILE: join(current, `${VARIANT_SERVICE}.database-url`),
  };
  const program = [`--env-file-if-exists=${join(current, "settings.env")}`, MAIN];
  return startServiceProcess({ ...pointers, ...environment }, { program });
}

async function readInfo(service: ReturnType<typeof startVariant>) {
  const response = await fetch(`${await service.listening()}/info`);
  return (await response.json()) as { approach: string; recordsAtStart: number };
}

describe("the container of approaches that have none of their own", () => {
  test("is one approach on its data and then another, each from its next start on", async () => {
    using root = createFolder();
    const [first, second] = [root.inFolder("first"), root.inFolder("second")];
    for (const folder of [first, second]) mkdirSync(folder);
    writeUsers(first, someUsers(3));
    writeDatabase(second, someUsers(5), true);
    for (const [approach, folder, users] of [
      ["map-compact", first, 3],
      ["sqlite-tuned", second, 5],
    ] as const) {
      pointVariant(root.path, approach, { folder, databaseUrl: undefined });
      await using service = startVariant(root.path);
      const { approach: served, recordsAtStart } = await readInfo(service);
      assert.deepEqual([served, recordsAtStart], [approach, users]);
    }
  });

  test("has the connection string of the approach that needs one, and none of an earlier one", () => {
    using root = createFolder();
    const read = () => readFileSync(root.inFolder("current/variant.database-url"), "utf8");
    const databaseUrl = "postgres://lab:lab@nowhere:5432/users_10";
    pointVariant(root.path, "postgres-indexed", { folder: root.path, databaseUrl });
    assert.equal(read(), databaseUrl);
    pointVariant(root.path, "lsm", { folder: root.path, databaseUrl: undefined });
    assert.equal(read(), "");
  });

  test("changes nothing for a service that has an approach of its own", async () => {
    using root = createFolder();
    pointVariant(root.path, "lsm", { folder: root.path, databaseUrl: undefined });
    await using service = startVariant(root.path, { APPROACH: "baseline" });
    assert.equal((await readInfo(service)).approach, "baseline");
  });

  test("says which setting it lacks when nobody measures it", async () => {
    using root = createFolder();
    pointVariant(root.path, "lsm", { folder: root.path, databaseUrl: undefined });
    setServices(root.path, {});
    await using service = startVariant(root.path);
    assert.deepEqual(await service.ended(), [2, null]);
    assert.match(service.stderr(), /^APPROACH is not set; expected one of /m);
  });
});

test("Prometheus is told whom to ask as its file_sd_configs has it, and nothing is left beside the file", () => {
  using root = createFolder();
  const read = () => JSON.parse(readFileSync(root.inFolder("watched-services.json"), "utf8"));
  watchServices(root.path, ["lsm:8081", "lmdb:8081"]);
  assert.deepEqual(read(), [{ targets: ["lsm:8081", "lmdb:8081"], labels: { process: "1" } }]);
  watchServices(root.path, []);
  assert.deepEqual(read(), []);
  assert.deepEqual(readdirSync(root.path), ["watched-services.json"]);
});
