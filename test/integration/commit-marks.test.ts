// Batches with a commit mark, over files that killed writers have left.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { approaches } from "../../services/approaches/index.ts";
import { markBatch } from "../../services/storage/jsonl-batches.ts";
import type { User } from "../../services/storage/user.ts";
import { ADA } from "../helpers/http.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

const users = someUsers(5);
const BATCH_SIZE = 100;
const body = JSON.stringify({ users: Array.from({ length: BATCH_SIZE }, () => ADA) });
const headers = { "content-type": "application/json" };
const batch = ["a", "b", "c"].map((id) => userWithId(id, { name: "é" }));

for (const name of ["map-marked", "linear-marked"] as const)
  test(`${name} never shows a part of a batch that is there at start, also after later batches`, async () => {
    const text = toLines(users);
    const lines = toLines(markBatch(batch, "1")).split(/(?<=\n)/);
    const wholes = [0, 1, 2, 3].map((count) => lines.slice(0, count).join(""));
    const torn = wholes.slice(0, 3).map((whole, count) => whole + (lines[count] as string).slice(0, 30));
    for (const left of [...wholes, ...torn]) {
      using data = await prepareData(approaches[name], []);
      writeFileSync(data.folder.inFolder("users.jsonl"), text + left);
      const isWhole = left === wholes[3];
      for (const start of ["first", "second"]) {
        await using store = await data.open();
        for (const { id } of batch)
          assert.equal((await store.findById(id)) !== null, isWhole, `${start} ${id}`);
        await store.insertMany?.([userWithId(`d-${start}`), userWithId(`e-${start}`)]);
        assert.ok(await store.findById(`e-${start}`));
        for (const user of users) assert.deepEqual(await store.findById(user.id), user);
        const isFirst = start === "first";
        assert.equal((await store.describe()).recordsAtStart, 5 + (isWhole ? 3 : 0) + (isFirst ? 0 : 2));
      }
    }
  });

test("a service that is killed in the middle of batches shows each whole or not at all", async () => {
  using data = await prepareData(approaches["map-marked"], users);
  const env = { APPROACH: "map-marked", DATA_DIR: data.folder.path };
  const acknowledged: User[] = [];
  for (let round = 0; round < 4; round++) {
    await using service = startServiceProcess(env);
    const address = await service.listening();
    let answered = 0;
    const post = async () => {
      while (true) {
        const answer = await fetch(`${address}/users/batch`, { method: "POST", headers, body });
        acknowledged.push(...((await answer.json()) as { users: User[] }).users);
        answered++;
      }
    };
    const posting = Promise.allSettled([post()]);
    await waitFor(() => answered > 0);
    await sleep(17 * round);
    service.child.kill("SIGKILL");
    await posting;
  }
  await using service = startServiceProcess(env);
  const address = await service.listening();
  const lines = readFileSync(data.folder.inFolder("users.jsonl"), "utf8").split("\n");
  const records = lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
  const marked = records.filter(({ batch }) => batch !== undefined);
  const batches = [...Map.groupBy(marked, ({ batch }) => batch.id)];
  const unfinished = batches.filter(([, of]) => of.length < BATCH_SIZE);
  for (const [id, of] of [...unfinished, ...batches.slice(-10)]) {
    const seen = await Promise.all(of.map((user) => fetch(`${address}/users/${user.id}`)));
    const statuses = new Set(seen.map(({ status }) => status));
    assert.deepEqual(
      [...statuses],
      [of.length === BATCH_SIZE ? 200 : 404],
      `${id}: ${of.length} of ${BATCH_SIZE}`,
    );
  }
  const ids = new Set(marked.map(({ id }) => id));
  assert.ok(acknowledged.length > 0);
  for (const { id } of acknowledged) assert.ok(ids.has(id), id);
});
