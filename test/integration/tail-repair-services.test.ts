// Two real services on one file: one is killed in the middle of its writes and started again, again and again, while the
// other goes on posting.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { approaches } from "../../services/approaches/index.ts";
import { readUsers } from "../../services/storage/jsonl-users.ts";
import { parseUser, type User } from "../../services/storage/user.ts";
import { ADA, JSON_TYPE } from "../helpers/http.ts";
import { startServiceProcess, waitFor } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";
import { readAside } from "../helpers/torn-file.ts";
import { someUsers } from "../helpers/users.ts";

const users = someUsers(5);
const ROUNDS = 4;
/** A kill rarely tears a line, so each is followed by what one leaves that did. */
const TORN = '{"id":"torn","name":"Zo';

/** Posts one user after the other until it is stopped, or the service ends. Returns those that were acknowledged. */
function startPosting(address: string) {
  const acknowledged: User[] = [];
  let isOver = false;
  const posting = (async () => {
    while (!isOver) {
      const answer = await fetch(`${address}/users`, {
        method: "POST",
        headers: JSON_TYPE,
        body: JSON.stringify(ADA),
      });
      assert.equal(answer.status, 201);
      acknowledged.push((await answer.json()) as User);
    }
  })();
  return {
    acknowledged,
    stop: async () => {
      isOver = true;
      await posting;
    },
    ended: posting.then(
      () => {},
      () => {},
    ),
  };
}

for (const killed of ["linear", "map"] as const)
  test(`nothing that was acknowledged is lost when ${killed} is killed and started again beside another writer`, async () => {
    using data = await prepareData(approaches.linear, users);
    const file = data.folder.inFolder("users.jsonl");
    const DATA_DIR = data.folder.path;
    await using steady = startServiceProcess({ APPROACH: "linear", DATA_DIR });
    const steadyAddress = await steady.listening();
    const others = startPosting(steadyAddress);
    const acknowledged: User[] = [];

    for (let round = 0; round < ROUNDS; round++) {
      // What was acknowledged before the start is there after it.
      const before = [...acknowledged.slice(-5), ...others.acknowledged.slice(0, 5)];
      await using service = startServiceProcess({ APPROACH: killed, DATA_DIR });
      const address = await service.listening();
      for (const user of before)
        assert.deepEqual(await (await fetch(`${address}/users/${user.id}`)).json(), user);
      const own = startPosting(address);
      await waitFor(() => own.acknowledged.length > 0);
      await sleep(20 * round);
      service.child.kill("SIGKILL");
      await own.ended;
      acknowledged.push(...own.acknowledged);
      appendFileSync(file, TORN);
      // The next record of the other service is glued to it.
      const count = others.acknowledged.length;
      await waitFor(() => others.acknowledged.length > count + 2);
    }

    await using service = startServiceProcess({ APPROACH: killed, DATA_DIR });
    const address = await service.listening();
    await others.stop();
    const all = [...acknowledged, ...others.acknowledged];
    const found = await readUsers(file);
    for (const user of [...users, ...all]) assert.deepEqual(found.get(user.id), user);
    for (const line of readFileSync(file, "utf8").split("\n")) if (line.trim() !== "") parseUser(line);
    // A kill may have torn a line as well.
    const torn = readAside(file).filter(({ bytes }) => bytes.includes(TORN));
    assert.equal(torn.length, ROUNDS);
    for (const user of [...acknowledged.slice(-5), ...others.acknowledged.slice(0, 5)])
      for (const base of [address, steadyAddress])
        assert.deepEqual(await (await fetch(`${base}/users/${user.id}`)).json(), user);
    assert.ok(acknowledged.length >= ROUNDS && others.acknowledged.length > ROUNDS);
  });
