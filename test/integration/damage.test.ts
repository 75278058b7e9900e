// Lines that are no users: who refuses what, and where it says the damage is.
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { approaches } from "../../services/approaches/index.ts";
import { DamagedData } from "../../services/storage/faults.ts";
import type { User } from "../../services/storage/user.ts";
import { prepareData, type StoreData } from "../helpers/stores.ts";
import { someUsers, toLines, userWithId } from "../helpers/users.ts";

/** Names that are longer in bytes than in characters, or hold what some readers take for the end of a line. */
const users = [
  ...someUsers(3),
  userWithId("fox", { name: "漢字 🦊 Zoë" }),
  userWithId("separators", { name: "lines\u2028and\u2029paragraphs\u0085 and\u000b tabs" }),
];
const after = userWithId("after");

/** Texts of bad lines, and what the message says of them. */
const badLines: Record<string, readonly [string, RegExp]> = {
  "not JSON": ["nonsense", /Unexpected token/],
  "half a record": ['{"id":"half","name":"Zo', /Unterminated string/],
  "two records": [toLines([after, after]).replace("\n", "").trimEnd(), /after JSON/],
  "a number for an id": ['{"id":7,"name":"","email":"","created_at":""}', /expected a string in "id"/],
  "no name": ['{"id":"x","email":"","created_at":""}', /expected a string in "name"/],
  "null for an email": ['{"id":"x","name":"","email":null,"created_at":""}', /expected a string in "email"/],
  "a list for a date": [
    '{"id":"x","name":"","email":"","created_at":[]}',
    /expected a string in "created_at"/,
  ],
  null: ["null", /expected a JSON object/],
  "a string": ['"text"', /expected a JSON object/],
  "a list": ["[]", /expected a string in "id"/],
};

/** Recognises the fault whose message begins with exactly this place. */
function damageAt(file: string, line: number, byte: number, reason = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof DamagedData, String(error));
    const place = `${file}, line ${line}, byte ${byte}: `;
    assert.equal(error.message.slice(0, place.length), place);
    assert.match(error.message.slice(place.length), reason);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
}

/** Those that look at every line when they start, and those that meet it when they read. */
const checking = ["map", "map-compact", "linear-bytes"] as const;

async function prepareFile(
  name: (typeof checking)[number] | "linear",
  text: string,
): Promise<[string, StoreData]> {
  const data = await prepareData(approaches[name], []);
  const file = data.folder.inFolder("users.jsonl");
  writeFileSync(file, text);
  return [file, data];
}

for (const [form, [text, reason]] of Object.entries(badLines)) {
  for (const name of checking)
    test(`a line with ${form}: ${name} refuses to start and names file, line and byte`, async () => {
      const before = `\n${toLines(users)}\r\n`;
      const [file, data] = await prepareFile(name, `${before}${text}\n${toLines([after])}`);
      using _data = data;
      await assert.rejects(data.open(), damageAt(file, users.length + 3, Buffer.byteLength(before), reason));
    });

  test(`a line with ${form}: linear says where it is when a read meets it, and reads what is before`, async () => {
    const before = `\n${toLines(users)}\r\n`;
    const [file, data] = await prepareFile("linear", `${before}${text}\n${toLines([after])}`);
    using _data = data;
    await using store = await data.open();
    for (const user of users) assert.deepEqual(await store.findById(user.id), user);
    const isDamage = damageAt(file, users.length + 3, Buffer.byteLength(before), reason);
    for (const id of [after.id, "nobody"]) await assert.rejects(async () => store.findById(id), isDamage);
  });
}

describe("the place of a bad line", () => {
  test("is right for any line of any file", async () => {
    // Characters of one to four bytes, and those at which JavaScript or readline would end a line.
    const character = fc.constantFrom(..."aé漢🦊", "\u2028", "\u2029", "\u0085", "\r", "\n", "\t");
    const name = fc.string({ unit: character, maxLength: 30 });
    const line = fc.oneof(
      { weight: 5, arbitrary: name.map((text) => JSON.stringify(userWithId("x", { name: text }))) },
      fc.constantFrom("", "  ", "\r"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), name, async (lines, bad) => {
        const before = lines.map((text) => `${text}\n`).join("");
        const text = `${before}!${bad.replaceAll("\n", "")}\n${toLines([after])}`;
        const [line, byte] = [lines.length + 1, Buffer.byteLength(before)];
        for (const name of checking) {
          const [file, data] = await prepareFile(name, text);
          using _data = data;
          await assert.rejects(data.open(), damageAt(file, line, byte));
        }
        const [otherFile, forLinear] = await prepareFile("linear", text);
        using _forLinear = forLinear;
        await using store = await forLinear.open();
        await assert.rejects(async () => store.findById(after.id), damageAt(otherFile, line, byte));
      }),
    );
  });

  test("is right behind the first of the pieces in which a file is read", async () => {
    const long = Array.from({ length: 300 }, (_, n) => userWithId(`long${n}`, { name: "é".repeat(15_000) }));
    const before = toLines(long);
    assert.ok(Buffer.byteLength(before) > 8 * 2 ** 20);
    for (const name of checking) {
      const [file, data] = await prepareFile(name, `${before}nonsense\n`);
      using _data = data;
      await assert.rejects(data.open(), damageAt(file, 301, Buffer.byteLength(before)));
    }
  });

  test("is counted in the bytes of the file when some of them are not UTF-8", async () => {
    const user = Buffer.from(toLines([userWithId("latin", { name: "Zo?" })]));
    user[user.indexOf("?")] = 0xeb;
    for (const name of checking) {
      const [file, data] = await prepareFile(name, "");
      using _data = data;
      writeFileSync(file, Buffer.concat([user, Buffer.from("nonsense\n")]));
      await assert.rejects(data.open(), damageAt(file, 2, user.length));
    }
  });
});

describe("the end of a file that another process is writing", () => {
  for (const name of ["linear", "linear-bytes"] as const)
    test(`${name} skips half a line, and finds the record once it is whole`, async () => {
      for (const user of [after, userWithId("late", { name: "\u2028" })]) {
        const [file, data] = await prepareFile(name, toLines(users));
        using _data = data;
        await using store = await data.open();
        const line = Buffer.from(toLines([user]));
        for (const byte of line.keys()) {
          appendFileSync(file, line.subarray(byte, byte + 1));
          // The newline says that the record is whole, but it can be read before.
          if (byte < line.length - 2) assert.equal(await store.findById(user.id), null);
        }
        assert.deepEqual(await store.findById(user.id), user);
        assert.deepEqual(await store.findById(users[4]?.id as string), users[4] as User);
      }
    });
});
