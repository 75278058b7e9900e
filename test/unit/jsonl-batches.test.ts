// Batches in a JSONL file: whatever writers put between, and wherever they are killed, all of a batch is seen or none.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createBatchReader, markBatch } from "../../services/storage/jsonl-batches.ts";
import { parseUser, type User } from "../../services/storage/user.ts";
import { userWithId } from "../helpers/users.ts";

/** Returns the ids that are seen of these lines, in order, as they come to be seen. */
function idsSeen(lines: readonly string[]): string[] {
  const read = createBatchReader();
  return lines.flatMap((line) => read(parseUser(line)).map(({ id }) => id));
}

/** What each writer has to append, in its order: batches of so many users, or single ones. */
const writersArbitrary = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
});

interface Group {
  readonly ids: readonly string[];
  readonly lines: readonly string[];
}

function groupsOf(writer: number, sizes: readonly number[]): Group[] {
  return sizes.map((size, group) => {
    const users = Array.from({ length: size }, (_, index) =>
      userWithId(`${writer}-${group}-${index}`, { name: "é\u2028" }),
    );
    const records: User[] = size === 1 ? users : markBatch(users, `${writer}-${group}`);
    return { ids: users.map(({ id }) => id), lines: records.map((record) => JSON.stringify(record)) };
  });
}

/** Puts the lines of several writers in one order, which keeps the order of each. */
function interleave(writers: readonly (readonly string[])[], choices: readonly number[]): string[] {
  const left = writers.map((lines) => [...lines]);
  const all: string[] = [];
  for (let step = 0; left.some((lines) => lines.length > 0); step++) {
    const open = left.filter((lines) => lines.length > 0);
    const lines = open[(choices[step % choices.length] ?? 0) % open.length] as string[];
    all.push(lines.shift() as string);
  }
  return all;
}

const choicesArbitrary = fc.array(fc.nat(3), { minLength: 1, maxLength: 40 });

describe("batches", () => {
  test("of several writers are all seen when all is written, each in its order", () => {
    fc.assert(
      fc.property(writersArbitrary, choicesArbitrary, (writers, choices) => {
        const groups = writers.map((sizes, writer) => groupsOf(writer, sizes));
        const lines = groups.map((of) => of.flatMap((group) => group.lines));
        const seen = idsSeen(interleave(lines, choices));
        for (const of of groups) {
          const ids = of.flatMap((group) => group.ids);
          assert.deepEqual(
            seen.filter((id) => ids.includes(id)),
            ids,
          );
        }
        assert.equal(seen.length, groups.flat().flatMap(({ ids }) => ids).length);
      }),
    );
  });

  test("are seen whole or not at all, wherever the file is cut", () => {
    fc.assert(
      fc.property(writersArbitrary, choicesArbitrary, (writers, choices) => {
        const groups = writers.map((sizes, writer) => groupsOf(writer, sizes));
        const lines = interleave(
          groups.map((of) => of.flatMap((group) => group.lines)),
          choices,
        );
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        for (let cut = 0; cut <= bytes.length; cut++) {
          // What is behind the last newline is being written, or torn: no reader takes it.
          const whole = bytes.subarray(0, cut).toString("latin1").split("\n").length - 1;
          const seen = new Set(idsSeen(lines.slice(0, whole)));
          const written = new Set(lines.slice(0, whole));
          for (const group of groups.flat()) {
            const isWritten = group.lines.every((line) => written.has(line));
            for (const id of group.ids) assert.equal(seen.has(id), isWritten, `${id} at byte ${cut}`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  test("of a writer that was killed stay unseen, whatever comes after them", () => {
    const [first = "", second = "", last = ""] = markBatch(
      ["a", "b", "c"].map((id) => userWithId(id)),
      "1",
    ).map((record) => JSON.stringify(record));
    const other = markBatch(
      ["d", "e"].map((id) => userWithId(id)),
      "2",
    ).map((record) => JSON.stringify(record));
    assert.deepEqual(idsSeen([first, second, ...other]), ["d", "e"]);
    // Damage: a record in the middle is gone.
    assert.deepEqual(idsSeen([first, last, ...other]), ["d", "e"]);
    assert.deepEqual(idsSeen([second, last, ...other]), ["d", "e"]);
  });
});

describe("a record of a batch", () => {
  test("is a user to whoever does not know of batches, and has its mark behind", () => {
    const users = ["a", "b"].map((id) => userWithId(id));
    const [record] = markBatch(users, "1");
    assert.equal(
      JSON.stringify(record),
      `${JSON.stringify(users[0]).slice(0, -1)},"batch":{"id":"1","index":0,"size":2}}`,
    );
  });

  test("is served without its mark", () => {
    const users = ["a", "b"].map((id) => userWithId(id));
    const read = createBatchReader();
    assert.deepEqual(
      markBatch(users, "1").map((record) => read(record)),
      [[], users],
    );
  });

  test("is refused with a mark that is none", () => {
    const wrong = [
      null,
      1,
      {},
      { id: 1, index: 0, size: 2 },
      { id: "1", index: 2, size: 2 },
      { id: "1", index: -1, size: 2 },
    ];
    for (const batch of wrong)
      assert.throws(() => createBatchReader()({ ...userWithId("a"), batch } as User), {
        name: "SyntaxError",
        message: 'expected id, index and size in "batch"',
      });
  });
});
