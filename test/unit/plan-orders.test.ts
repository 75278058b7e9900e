// What a plan says of orders that several processes take.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OrderRate, QuestionsRecord } from "../../lab/questions/record.ts";
import { answerFor, evidenceOf, questionsWith, rateWith, runOf, steady } from "../helpers/plan.ts";
import { cellWith, writersWith } from "../helpers/writers-record.ts";

const NEED = {
  ...{ asks: ["orders"] as const, readsPerSecond: 10, writesPerSecond: 10 },
  processes: "several" as const,
};
const shop = runOf([
  { approach: "sqlite-indexed", workload: "orders-of-user", rates: steady(1_000) },
  { approach: "sqlite-indexed", workload: "order", rates: steady(20), durability: "power" },
  { approach: "sqlite-indexed", workload: "create", rates: steady(20), durability: "power" },
]);

const five = (fields: Partial<OrderRate> = {}) =>
  [1, 2, 3, 4, 5].map((block) => rateWith({ block, ...fields }));
const judge = (questions: QuestionsRecord, need: Partial<Parameters<typeof answerFor>[0]> = {}) =>
  answerFor({ ...NEED, ...need }, evidenceOf([shop], { orders: [{ run: shop, questions }] })).of(
    "sqlite-indexed",
  );

describe("orders of several processes", () => {
  test("are as many as two took together", () => {
    const { verdict, by, support } = judge(questionsWith(five()), { writesPerSecond: 70 });
    assert.equal(verdict, "can");
    assert.deepEqual(
      by.map(({ workload, processes, requestsPerSecond }) => [workload, processes, requestsPerSecond.value]),
      [
        ["orders-of-user", 1, 1_000],
        ["order", 2, 100],
      ],
    );
    assert.match(
      support[0]?.text ?? "",
      /^may be shared: 2 processes that sell 200 pieces sold 200, each once/,
    );
    assert.equal(judge(questionsWith(five()), { writesPerSecond: 76 }).verdict, "cannot");
  });

  test("need an inventory that holds", () => {
    const { verdict, reasons } = judge(questionsWith(five(), ["345 sold of 200"]));
    assert.equal(verdict, "cannot");
    assert.match(
      reasons[0]?.text ?? "",
      /^not to be shared: 2 processes that sell 200 pieces: 345 sold of 200$/,
    );
  });

  test("need one of which that is promised, and not only seen once", () => {
    const held = questionsWith(five());
    const findings = held.inventory.findings.map((one) => ({ ...one, must: "either" as const }));
    const { verdict, reasons } = judge({ ...held, inventory: { ...held.inventory, findings } });
    assert.equal(verdict, "cannot");
    assert.match(reasons[0]?.text ?? "", /nobody promises it$/);
  });

  test("that were answered otherwise are no rate, and the command that measures it is named", () => {
    for (const rates of [
      [],
      five({ others: { "status 500": 1 } }),
      five({ soldOut: 1 }),
      five({ orders: 0 }),
    ]) {
      const { verdict, gaps } = judge(questionsWith(rates));
      assert.equal(verdict, "not measured");
      assert.deepEqual(
        gaps.map(({ command }) => command),
        ["make questions SIZE=10000"],
      );
    }
  });

  test("that nobody has tried are no answer, and are asked for by one command", () => {
    const { verdict, gaps } = answerFor(NEED, evidenceOf([shop])).of("sqlite-indexed");
    assert.equal(verdict, "not measured");
    assert.deepEqual(gaps, [
      {
        text: "whether several processes may write to it (order), and how much",
        command: "make questions SIZE=10000",
      },
    ]);
  });

  test("beside users that several write need both experiments", () => {
    const asks = ["key", "orders"] as const;
    const users = runOf([{ approach: "sqlite-indexed", workload: "read", rates: steady(1_000) }], {
      run: "users",
    });
    const writers = [
      writersWith({ trials: cellWith({ approach: "sqlite-indexed", processes: 2, durability: "power" }) }),
    ];
    const orders = [{ run: shop, questions: questionsWith(five()) }];
    const of = (experiments: Parameters<typeof evidenceOf>[1]) =>
      answerFor({ ...NEED, asks }, evidenceOf([shop, users], experiments)).of("sqlite-indexed");
    assert.equal(of({ writers, orders }).verdict, "can");
    const commands = ({ gaps }: ReturnType<typeof of>) => gaps.map(({ command }) => command);
    assert.ok(commands(of({ orders })).includes("make writers SIZE=10000"));
    assert.ok(commands(of({ writers })).includes("make questions SIZE=10000"));
  });
});
