// Services that are killed at a certain write in the middle of a batch, which strace can do: no luck is needed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readRecords } from "../../lab/writers/stored-users.ts";
import { approaches } from "../../services/approaches/index.ts";
import { JSON_TYPE } from "../helpers/http.ts";
import { startServiceProcess } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";
import { withoutStrace } from "../helpers/strace.ts";
import { someUsers } from "../helpers/users.ts";

const users = someUsers(5);
const BATCH_SIZE = 100;
const isOfBatch = ({ email }: { readonly email: string }) => email.startsWith("batch");
const body = JSON.stringify({
  users: Array.from({ length: BATCH_SIZE }, (_, place) => ({
    name: "Ada",
    email: `batch${place}@example.com`,
  })),
});

/** Posts one batch to a service that is killed when it begins its n-th write to a file of its data folder. Returns how many
 * users of the batch are in the store then, and how many of these the service has that is started after it. */
async function killAtWrite(name: keyof typeof approaches, file: string, when: number) {
  using data = await prepareData(approaches[name], users);
  const env = { APPROACH: name, DATA_DIR: data.folder.path, PATH: process.env.PATH ?? "" };
  const strace = ["strace", "-f", "-o", "/dev/null", "-P", data.folder.inFolder(file)];
  const kill = ["-e", "trace=write,pwrite64", "-e", `inject=write,pwrite64:signal=SIGKILL:when=${when}`];
  {
    await using killed = startServiceProcess(env, { under: [...strace, ...kill] });
    const address = await killed.listening();
    await assert.rejects(fetch(`${address}/users/batch`, { method: "POST", headers: JSON_TYPE, body }));
    await killed.ended();
  }
  await using service = startServiceProcess(env);
  const address = await service.listening();
  const stored: string[] = [];
  const store = { needs: approaches[name].needs, dataDir: data.folder.path, databaseUrl: undefined };
  for await (const record of readRecords(store))
    if (record !== null && isOfBatch(record)) stored.push(record.id);
  let served = 0;
  for (const id of stored) if ((await fetch(`${address}/users/${id}`)).ok) served++;
  return { stored: stored.length, served };
}

describe("a service that is killed in the middle of a batch", { skip: withoutStrace }, () => {
  for (const name of ["linear", "map"] as const)
    test(`${name}: leaves half of it, as nothing keeps it from that`, async () => {
      const { stored, served } = await killAtWrite(name, "users.jsonl", BATCH_SIZE / 2);
      assert.ok(stored > 0 && stored < BATCH_SIZE, `${stored}`);
      assert.equal(served, stored);
    });

  for (const name of ["linear-marked", "map-marked"] as const)
    test(`${name}: leaves half of it in the file, and shows nothing of it`, async () => {
      const { stored, served } = await killAtWrite(name, "users.jsonl", BATCH_SIZE / 2);
      assert.ok(stored > 0 && stored < BATCH_SIZE, `${stored}`);
      assert.equal(served, 0);
    });

  for (const when of [1, 2, 5])
    test(`sqlite: has nothing of it after a kill at write ${when} of its transaction`, async () => {
      assert.deepEqual(await killAtWrite("sqlite", "users.db-wal", when), { stored: 0, served: 0 });
    });
});
