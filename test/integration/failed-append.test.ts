// An append that fails in the middle of a line, as on a full disk: here by the system's limit for the size of a file.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeUsers } from "../helpers/data-files.ts";
import { createFolder } from "../helpers/folder.ts";
import { someUsers, userWithId } from "../helpers/users.ts";

const APPEND = fileURLToPath(new URL("../../services/storage/jsonl-append.ts", import.meta.url));
/** The soft limit can be raised again from outside; SIGXFSZ would end the process. */
const LIMITED = `trap '' XFSZ; ulimit -S -f 8; exec "$@"`;

/** Appends a user whose line passes the limit, has the limit raised, and appends two more at the same time. */
const SCRIPT = `
  import { execFileSync } from "node:child_process";
  import { createAppender } from ${JSON.stringify(APPEND)};
  const [file, ...users] = process.argv.slice(1);
  const append = createAppender(file, (line) => console.error(line));
  const [first, ...others] = users.map((user) => JSON.parse(user));
  const refusal = await Promise.try(append, first).catch((error) => error.code);
  execFileSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited:"]);
  console.log(JSON.stringify([refusal, ...(await Promise.all(others.map(append)))]));`;

const skip = process.platform === "linux" ? false : "not run: only Linux has prlimit";

test("a user who is not wholly written is refused, and those after are whole", { skip }, async () => {
  using folder = createFolder();
  const users = someUsers(10);
  const file = writeUsers(folder.path, users);
  const [large, second, third] = [
    userWithId("a", { name: "n".repeat(20_000) }),
    userWithId("b"),
    userWithId("c"),
  ];
  const sent = [large, second, third].map((user) => JSON.stringify(user));
  const node = [process.execPath, "--input-type=module", "-e", SCRIPT, file, ...sent];
  const { stdout, stderr } = await promisify(execFile)("sh", ["-c", LIMITED, "sh", ...node]);
  assert.equal(stdout, '["EFBIG","inserted","inserted"]\n');
  assert.match(stderr, /bytes of a torn line moved to/);

  const lines = readFileSync(file, "utf8").split("\n");
  const read = lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
  assert.deepEqual(read, [...users, second, third]);
});
