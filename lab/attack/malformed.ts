// Malformed requests: good ones with bytes changed, left out, doubled and put in, sent as they are. Whatever comes back must be
// an answer as described, or the end of the connection.
import { connect } from "node:net";
import fc from "fast-check";
import { formatRequest } from "../load/wire.ts";
import type { Attack } from "./attack.ts";
import { takeAnswers } from "./pipe.ts";
import { isFault, leaks } from "./tally.ts";
import type { Target } from "./target.ts";

const FORMS = { full: 20_000, short: 500 };
const TOGETHER = 20;
const PATIENCE_MS = 300;
const HALF_OPEN_MS = 50;
/** What the description has, and what a request that cannot be read is told. A row that does not write says 500. */
const STATUSES = new Set([200, 201, 400, 404, 408, 413, 415, 431, 503]);

/** Pieces that mean something to somebody who reads HTTP. */
const PIECES = [
  ...[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\0",
    " ",
    "\t",
    ":",
    "%00",
    "%",
    "..",
    "/",
    "//",
    "?",
    "#",
    "{",
    "}",
    '"',
    "\\",
    "\\u0000",
  ],
  ...[
    "Content-Length: 99999999999999999999",
    "Content-Length: -1",
    "Content-Length: 0x10",
    "Transfer-Encoding: chunked",
  ],
  ...[
    "Transfer-Encoding: gzip, chunked",
    "Expect: 100-continue",
    "Connection: upgrade\r\nUpgrade: websocket",
    "Host: ",
    "HTTP/0.9",
  ],
  ...[
    "HTTP/9.9",
    "GET ",
    "POST ",
    "CONNECT ",
    "\u00ff\u00fe",
    "ffffffffffffffff\r\n",
    "__proto__",
    "'; DROP TABLE users; --",
  ],
];

type Mutation = { readonly at: number; readonly remove: number; readonly insert: string };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1_000_000),
  remove: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(200)),
  insert: fc.oneof(
    fc.constantFrom(...PIECES),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    fc.constantFrom("", "x".repeat(5_000), "x".repeat(200_000)),
  ),
});
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

export const malformed: Attack = {
  name: "malformed",
  summary: "20,000 requests (500 in the short form) that are no longer HTTP, or no longer what they were",
  concerns: () => true,
  must: () => "hold",
  findLack: () => null,
  async run(target, { isFull, seed, signal, onProgress }) {
    const count = isFull ? FORMS.full : FORMS.short;
    const chosen = fc.sample(mutations, { numRuns: count, seed: seed | 0 });
    const statuses = new Map<number, number>();
    const wrong = new Set<string>();
    const sendOne = async (changes: readonly Mutation[]) => {
      const text = mutate(formRequest(target), changes);
      for (const { status, body } of await exchange(target.service.port, text)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const deviation = findDeviation(target, status, body);
        if (deviation !== null) wrong.add(`${deviation} for ${JSON.stringify(text.slice(0, 200))}`);
      }
    };
    for (let sent = 0; sent < count; sent += TOGETHER) {
      signal.throwIfAborted();
      await Promise.all(chosen.slice(sent, sent + TOGETHER).map(sendOne));
      onProgress(sent, count);
    }
    const told = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${times} times ${status}`);
    return {
      wrong: [...wrong].slice(0, 5),
      measured: `${count} requests: ${told.join(", ")}`,
      figures: {
        count,
        ...Object.fromEntries([...statuses].map(([status, times]) => [`status${status}`, times])),
      },
      acknowledged: [],
    };
  },
};

function formRequest(target: Target): string {
  const [request] = target.makeRequests(1, 2);
  const { host, port } = target.service;
  return request === undefined ? "" : formatRequest(request, `${host}:${port}`);
}

/** Changes a text. A character is a byte. */
function mutate(text: string, changes: readonly Mutation[]): string {
  return changes.reduce((changed, { at, remove, insert }) => {
    const from = at % (changed.length + 1);
    return changed.slice(0, from) + insert + changed.slice(from + remove);
  }, Buffer.from(text).toString("latin1"));
}

/** Sends a text over a connection of its own and returns what is answered before it is closed, or for a while. */
async function exchange(port: number, text: string): Promise<{ status: number; body: string }[]> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const answers: { status: number; body: string }[] = [];
  let rest = "";
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.setEncoding("latin1").on("data", (data: string) => {
    rest = takeAnswers(rest + data, (status, body) => answers.push({ status, body }));
  });
  socket.on("error", () => {}).once("close", () => resolve());
  socket.write(Buffer.from(text, "latin1"));
  // Whoever closes its side at once is not answered what takes a moment.
  setTimeout(() => socket.end(), HALF_OPEN_MS).unref();
  const patience = setTimeout(() => socket.destroy(), PATIENCE_MS);
  await closed;
  clearTimeout(patience);
  return answers;
}

function findDeviation({ row }: Target, status: number, body: string): string | null {
  if (leaks(body)) return `an answer that tells of the inside (${body.slice(0, 100)})`;
  const isRefusal = status === 500 && !row.writes && isFault(body);
  if (!STATUSES.has(status) && !isRefusal) return `${status}`;
  // Node itself answers a request without a host, and one that expects what it does not know, without a body.
  const isWhole = status < 300 || status === 400 || body === "" || isFault(body);
  return isWhole ? null : `${status} with ${body.slice(0, 100)}`;
}
