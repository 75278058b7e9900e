// One process with a map in each of two threads.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { approaches } from "../../services/approaches/index.ts";
import type { User } from "../../services/storage/user.ts";
import { ADA, JSON_TYPE } from "../helpers/http.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers } from "../helpers/users.ts";

const THREADED = fileURLToPath(new URL("../../lab/controls/threaded-service.ts", import.meta.url));
const users = someUsers(5);

test("threads of one process do not see each other's users, although the file has them all", async () => {
  using data = await prepareData(approaches.map, users);
  const env = { APPROACH: "map", DATA_DIR: data.folder.path };
  await using service = startServiceProcess(env, { program: [THREADED, "0", "0"] });
  const readAddresses = () =>
    [...service.stderr().matchAll(/^map: listening on (http:\S+)$/gm)].map(
      ([, address]) => address as string,
    );
  await waitFor(() => readAddresses().length === 2);
  const [one, two] = readAddresses() as [string, string];
  const created: string[] = [];
  for (const [here, there] of [
    [one, two],
    [two, one],
  ]) {
    const answer = await fetch(`${here}/users`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify(ADA),
    });
    assert.equal(answer.status, 201);
    const { id } = (await answer.json()) as User;
    const statuses = [here, there].map(async (base) => (await fetch(`${base}/users/${id}`)).status);
    assert.deepEqual(await Promise.all(statuses), [200, 404]);
    assert.equal((await fetch(`${there}/users/${users[0]?.id}`)).status, 200);
    created.push(id);
  }
  const text = readFileSync(data.folder.inFolder("users.jsonl"), "utf8");
  for (const id of created) assert.ok(text.includes(id));
  service.child.kill("SIGTERM");
  assert.deepEqual(await service.ended(), [0, null]);
});

test("a thread that cannot serve ends the process, and all others, with its code and its line", async () => {
  await using service = startServiceProcess({ APPROACH: "baseline" }, { program: [THREADED, "0", "99999"] });
  assert.deepEqual(await service.ended(), [2, null]);
  assert.match(service.stderr(), /^PORT="99999" is wrong; /m);
});

test("without ports there is nothing to run", async () => {
  await using service = startServiceProcess({ APPROACH: "map" }, { program: [THREADED] });
  assert.deepEqual(await service.ended(), [2, null]);
  assert.match(service.stderr(), /^expected the ports as arguments/);
});
