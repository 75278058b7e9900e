// Orders from many connections at once, over real services: what holds, what does not, and that the experiment can tell.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { prepareData } from "../../lab/data/prepare.ts";
import { isAsExpected, listCases, runCase } from "../../lab/questions/inventory.ts";
import { measureOrderRates } from "../../lab/questions/order-rates.ts";
import { openDatabaseFor } from "../../lab/targets/database-for.ts";
import { openNativeGroups } from "../../lab/targets/native-group.ts";
import type { GroupTarget } from "../../lab/targets/service-group.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { loadOwnApproaches } from "../../services/own-approaches.ts";
import { createFolder } from "../helpers/folder.ts";

const SIZE = 200;
const controls = await loadOwnApproaches([
  "lab/controls/naive-linear-orders.ts",
  "lab/controls/naive-postgres-orders.ts",
]);
/** An approach whose process ends at the tenth order. */
const ENDING = `
import { approaches } from "${new URL("../../services/approaches/index.ts", import.meta.url)}";
const row = approaches.linear;
let orders = 0;
async function open(options) {
  const store = await (await row.load())(options);
  const order = (placed) => (++orders === 10 ? process.exit(1) : store.questions.order(placed));
  return { ...store, questions: { ...store.questions, order } };
}
export const approach = { ...row, load: async () => open };
`;
const cases = listCases(approaches, controls);

describe("the inventory", () => {
  const folder = createFolder();
  const signal = new AbortController().signal;
  const dataRoot = join(folder.path, "data");
  let target: GroupTarget;
  before(async () => {
    const rows = Object.fromEntries(cases.map(({ approach, row }) => [approach, row]));
    target = openNativeGroups(await openDatabaseFor(rows, { root: dataRoot }));
    await prepareData({
      ...{
        root: dataRoot,
        size: SIZE,
        seed: 1,
        approaches: rows,
        orders: true,
        signal,
        onProgress: () => {},
      },
      databaseUrlOf: target.database?.urlOf,
    });
  });
  after(async () => {
    await target[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const stage = () => ({
    ...{ dataRoot, size: SIZE, dataSeed: 1, target, signal },
    ...{ connections: 50, durationMs: 0, readAllLimitMs: 0 },
  });

  for (const one of cases)
    test(`${one.approach} with ${one.processes}: must ${one.must}`, async () => {
      const finding = await runCase(stage(), one, 7);
      assert.ok(isAsExpected(finding), JSON.stringify(finding));
      // Each process has all pieces in its own memory, and sells them.
      if (one.approach === "map-indexed" && one.processes === 2) assert.ok(finding.stored > finding.stock);
    });

  test("two processes take orders of what there is enough of, and only those in the window count", async () => {
    const { "map-indexed": indexed, sqlite, map } = approaches;
    const plan = { size: SIZE, blocks: 2, warmupMs: 100, durationMs: 300 };
    const started: string[] = [];
    const rates = await measureOrderRates(
      { "map-indexed": indexed, sqlite, map },
      plan,
      { dataRoot, dataSeed: 1, seed: 7, signal },
      (approach, block) => started.push(`${block} ${approach}`),
    );
    assert.deepEqual(started, ["1 map-indexed", "1 sqlite", "2 map-indexed", "2 sqlite"]);
    for (const { orders, windowMs, soldOut, others, processes } of rates) {
      assert.ok(orders > 0);
      assert.deepEqual([windowMs, soldOut, others, processes], [300, 0, {}, 2]);
    }
    assert.deepEqual(
      rates.map(({ durability }) => durability),
      ["process", "power", "process", "power"],
    );
  });

  test("a service that ends before it can be killed shows nothing", async () => {
    const file = join(folder.path, "ends.ts");
    writeFileSync(file, ENDING);
    const { ends } = await loadOwnApproaches([file]);
    const one = { approach: "ends", row: ends as Approach, processes: 1, must: "either" as const };
    await prepareData({
      ...{ root: dataRoot, size: SIZE, seed: 1, approaches: { ends: one.row }, orders: true },
      ...{ signal, onProgress: () => {} },
    });
    await assert.rejects(
      runCase(stage(), one, 7),
      /nothing was killed: \d+ orders were answered, and 60 had to/,
    );
  });
});
