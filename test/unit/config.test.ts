import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Approach } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { ConfigError, parseConfig, readConfig } from "../../services/config.ts";
import { createFolder } from "../helpers/folder.ts";
import { rows } from "../helpers/stores.ts";

const DATABASE_URL = "postgres://user:password@localhost:5432/lab";

const parse = (env: Record<string, string | undefined>) => parseConfig(env, approaches);

/** Returns the message with which these variables are refused, which is one line. */
function refusalOf(env: Record<string, string | undefined>): string {
  try {
    parse(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.doesNotMatch(error.message, /[\r\n]/);
    return error.message;
  }
  throw new assert.AssertionError({ message: `accepted: ${JSON.stringify(env)}` });
}

test("what is not set has a default, except the approach", () => {
  assert.deepEqual(
    { ...parse({ APPROACH: "map" }) },
    {
      APPROACH: "map",
      PORT: 8081,
      HOST: "127.0.0.1",
      DATA_DIR: ".",
      DATABASE_URL: "",
      MAX_NAME_CHARACTERS: 200,
      DURABILITY: "lesson",
      SQLITE_BUSY_TIMEOUT_MS: 1000,
      SQLITE_JOURNAL_MODE: "wal",
      SQLITE_SYNCHRONOUS: "full",
    },
  );
  assert.match(refusalOf({}), /^APPROACH is not set; expected one of .*\bmap\b/);
});

test("what is set is taken, and nothing else is read", () => {
  const config = {
    APPROACH: "sqlite",
    PORT: 0,
    HOST: "::1",
    DATA_DIR: "/a folder/of data",
    DATABASE_URL,
    MAX_NAME_CHARACTERS: 5_000,
    DURABILITY: "lesson",
    SQLITE_BUSY_TIMEOUT_MS: 600_000,
    SQLITE_JOURNAL_MODE: "delete",
    SQLITE_SYNCHRONOUS: "off",
  } as const;
  const env = Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value)]));
  const parsed = parse({ ...env, NODE_ENV: "test", port: "1" });
  assert.deepEqual({ ...parsed }, config);
  assert.ok(Object.isFrozen(parsed));
});

test("a level of durability is taken by approaches that can give it, and by those that keep no writes", () => {
  for (const [name, { stores, writes, levels }] of rows)
    for (const level of ["none", "process", "power"] as const) {
      const env = { APPROACH: name, DATABASE_URL, DURABILITY: level };
      if (!(stores && writes) || levels?.[level] !== undefined) assert.equal(parse(env).DURABILITY, level);
      else assert.match(refusalOf(env), /^DURABILITY=.* expected one of lesson/);
    }
});

test("a level that an approach cannot give is refused by name, with those that it can", () => {
  const mine = { ...approaches.map, levels: { process: "process" } } as const;
  const { levels: _, ...bare } = approaches.map;
  const message = (row: Approach, level: string) => {
    try {
      parseConfig({ APPROACH: "mine", DURABILITY: level }, { mine: row });
    } catch (error) {
      return (error as Error).message;
    }
    return "accepted";
  };
  const refused = 'DURABILITY="power" is wrong; APPROACH=mine expected one of lesson';
  assert.equal(message(mine, "power"), `${refused}, process`);
  assert.equal(message(bare, "power"), refused);
  assert.equal(message(mine, "process"), "accepted");
  assert.equal(message(bare, "lesson"), "accepted");
  assert.match(
    refusalOf({ APPROACH: "map", DURABILITY: "safe" }),
    /^DURABILITY="safe" is wrong; expected one of lesson, /,
  );
});

test("SQLite's synchronous is set by one of two variables, not both", () => {
  const env = { APPROACH: "sqlite", DURABILITY: "power", SQLITE_SYNCHRONOUS: "off" };
  assert.equal(refusalOf(env), "SQLITE_SYNCHRONOUS and DURABILITY are both set; expected one of them");
});

test("every approach of the table can be chosen", () => {
  for (const [name] of rows) assert.equal(parse({ APPROACH: name, DATABASE_URL }).APPROACH, name);
});

const wrong: Record<string, readonly string[]> = {
  APPROACH: ["", "maps", "Map", " map", "__proto__", "constructor", "toString", "map,sqlite", "a\nb"],
  PORT: ["", "-1", "65536", "80.5", "1e3", "0x50", " 80", "http", "NaN", "9".repeat(400)],
  HOST: ["", " ", "local host", "localhost\n"],
  DATA_DIR: [""],
  DATABASE_URL: ["localhost", "mysql://localhost/lab", "postgres://", "postgres://h:99999/lab", "POSTGRES"],
  SQLITE_JOURNAL_MODE: ["", "WAL", "truncate", " wal", "__proto__"],
  SQLITE_SYNCHRONOUS: ["", "2", "extra", "FULL", "full;"],
  SQLITE_BUSY_TIMEOUT_MS: ["", "-1", "600001", "1s", "1_000", "Infinity"],
};
for (const [name, texts] of Object.entries(wrong))
  test(`a wrong ${name} is refused with its name, its value and what was expected`, () => {
    for (const text of texts) {
      const message = refusalOf({ APPROACH: "map", [name]: text });
      const start = `${name}=${JSON.stringify(text)} is wrong; expected `;
      assert.equal(message.slice(0, start.length), start);
      assert.ok(message.length > start.length);
    }
  });

test("names of approaches are told when there is none of that name", () => {
  for (const name of Object.keys(approaches))
    assert.ok(refusalOf({ APPROACH: "redis" }).includes(name), name);
});

test("no text makes any other error", () => {
  const texts = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.webUrl(), fc.integer().map(String));
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(wrong)), texts, (name, text) => {
      try {
        parse({ APPROACH: "postgres", DATABASE_URL, [name]: text });
      } catch (error) {
        assert.ok(error instanceof ConfigError && error.message.startsWith(name), String(error));
      }
    }),
  );
});

describe("DATABASE_URL", () => {
  for (const [name, { needs }] of rows)
    if (needs.includes("database"))
      test(`is required for ${name}`, () => {
        const expected = `DATABASE_URL is not set; APPROACH=${name} expected postgres://user:password@host`;
        for (const text of [undefined, ""]) {
          assert.ok(refusalOf({ APPROACH: name, DATABASE_URL: text }).startsWith(expected));
        }
      });
    else
      test(`is not needed for ${name}`, () => {
        assert.equal(parse({ APPROACH: name }).DATABASE_URL, "");
      });

  test("may name the database in every form of a URL", () => {
    const forms = [
      "postgresql://localhost",
      "postgres://u@h",
      "postgres://u:p%40ss@[::1]:5432/lab?sslmode=off",
    ];
    for (const text of [...forms, DATABASE_URL]) {
      assert.equal(parse({ APPROACH: "postgres", DATABASE_URL: text }).DATABASE_URL, text);
    }
  });

  test("is refused when the driver could not decode it", () => {
    assert.match(
      refusalOf({ APPROACH: "postgres", DATABASE_URL: "postgres://u:50%@h/lab" }),
      /^DATABASE_URL=/,
    );
  });

  test("never shows its password", () => {
    const texts = [
      ...["u:hidden@host", "u:hidden@host:5432/lab", "mysql://u:hidden@host", "postgres:/u:hidden@host"],
      ...["postgres://u:hid@hidden@host:x", "postgres://u:hid:hidden@host:x", "postgres://u:hidden/x@host:x"],
      ...["postgres://:hidden@host:x", "postgres://u:hidden?x#y@host:x", "postgres://u: hidden\n@host:x"],
      ...["postgres//u:hidden@host", "postgres://u:%hidden@host", "u://hidden@host:x", "p://u://hidden@h"],
      ...["host=h user=u password=hidden", "mysql://host/lab?user=u&password=hidden", "PASSWORD='a hidden'"],
    ];
    for (const text of texts) {
      const message = refusalOf({ APPROACH: "postgres", DATABASE_URL: text });
      assert.ok(message.startsWith('DATABASE_URL="') && message.includes("***"), message);
      assert.ok(!message.includes("hidden"), message);
    }
  });
});

test("a connection string can be in a file, as secrets are", () => {
  using folder = createFolder();
  const file = folder.inFolder("database-url");
  writeFileSync(file, `${DATABASE_URL}\n`);
  const env = { APPROACH: "postgres", DATABASE_URL_FILE: file };
  assert.equal(readConfig(env, approaches).DATABASE_URL, DATABASE_URL);
  assert.throws(
    () => readConfig({ ...env, DATABASE_URL }, approaches),
    /DATABASE_URL and DATABASE_URL_FILE are both set/,
  );
  const missing = { ...env, DATABASE_URL_FILE: folder.inFolder("none") };
  assert.throws(() => readConfig(missing, approaches), {
    name: "ConfigError",
    message: /^DATABASE_URL_FILE=".*none" is wrong; expected a file that can be read/,
  });
});
