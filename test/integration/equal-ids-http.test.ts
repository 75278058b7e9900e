// Two services on one store that make the same id, as two processes may that make ids themselves: what the second client
// is told over HTTP, and what the store has then. The services are as they are; only their random ids are not random.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readStoredUsers } from "../../lab/writers/stored-users.ts";
import { approaches } from "../../services/approaches/index.ts";
import type { User } from "../../services/storage/user.ts";
import { JSON_TYPE } from "../helpers/http.ts";
import { startTestServer, type TestServer } from "../helpers/postgres.ts";
import { startServiceProcess } from "../helpers/service-process.ts";
import { prepareData } from "../helpers/stores.ts";

const ID = "11111111-1111-4111-8111-111111111111";
const SAME_IDS = `import crypto from "node:crypto"; import { syncBuiltinESMExports } from "node:module";
  crypto.randomUUID = () => ${JSON.stringify(ID)}; syncBuiltinESMExports();`;
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(SAME_IDS)}`;
const [ADA, ZOE] = [
  { name: "Ada", email: "user2000000001@example.com" },
  { name: "Zoë", email: "user2000000002@example.com" },
];

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server[Symbol.asyncDispose]());

/** Posts one body to each of two services, one after the other. */
async function postToTwo(name: keyof typeof approaches, path: string, bodies: readonly [unknown, unknown]) {
  const approach = approaches[name];
  using data = await prepareData(approach, [], server);
  const { dataDir, databaseUrl } = data.options;
  const env = { APPROACH: name, DATA_DIR: dataDir, NODE_OPTIONS };
  const started = { ...env, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) };
  await using one = startServiceProcess(started);
  await using two = startServiceProcess(started);
  const addresses = [await one.listening(), await two.listening()];
  const answers: Response[] = [];
  for (const [index, address] of addresses.entries())
    answers.push(
      await fetch(`${address}${path}`, {
        method: "POST",
        headers: JSON_TYPE,
        body: JSON.stringify(bodies[index]),
      }),
    );
  const [first, second] = answers as [Response, Response];
  const served = await Promise.all(
    addresses.map(async (address) => (await fetch(`${address}/users/${ID}`)).json() as Promise<User>),
  );
  const records: string[] = [];
  const store = { needs: approach.needs, dataDir, databaseUrl };
  const stored = await readStoredUsers(store, { dataSeed: 1, size: 0 });
  for (const { id } of stored.users) records.push(id);
  return {
    statuses: [first.status, second.status],
    error: second.ok ? undefined : ((await second.json()) as { error: unknown }).error,
    served: served.map(({ name }) => name),
    records,
  };
}

for (const name of ["sqlite", "postgres"] as const)
  describe(`${name}, whose table has a primary key`, () => {
    test("answers 409 to the second user with an id, and both services have the first", async () => {
      assert.deepEqual(await postToTwo(name, "/users", [ADA, ZOE]), {
        statuses: [201, 409],
        error: "a user with this id exists",
        served: ["Ada", "Ada"],
        records: [ID],
      });
    });

    test("answers 409 to a batch with an id twice, and stores nothing of it", async () => {
      const { statuses, served, records } = await postToTwo(name, "/users/batch", [
        { users: [ADA, ZOE] },
        { users: [ZOE, ADA] },
      ]);
      assert.deepEqual([statuses, served, records], [[409, 409], [undefined, undefined], []]);
    });
  });

for (const name of ["linear", "map"] as const)
  test(`${name} takes a second user with an id, and has two`, async () => {
    const { statuses, records } = await postToTwo(name, "/users", [ADA, ZOE]);
    assert.deepEqual(
      [statuses, records],
      [
        [201, 201],
        [ID, ID],
      ],
    );
  });
