// Slow clients: heads and bodies that come byte by byte and never end, and clients that never read what they are answered.
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { RECEIVING_MS } from "../../services/http/limits.ts";
import { ask } from "./aftermath.ts";
import type { Attack } from "./attack.ts";
import { takeAnswers } from "./pipe.ts";

const FORMS = {
  full: { clients: 1_000, lastMs: RECEIVING_MS.request + 10_000 },
  short: { clients: 100, lastMs: 1_500 },
};
const BYTE_INTERVAL_MS = 1_000;
const READS = 100;

const HEAD = "GET /users/a HTTP/1.1\r\nhost: x\r\n";
const POST = "POST /users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
const KINDS = [
  { start: HEAD, byte: "x" },
  { start: `${POST}content-length: 10000\r\n\r\n{`, byte: " " },
  { start: `${POST.replace("/users", "/users/batch")}content-length: 200000\r\n\r\n{`, byte: " " },
];

interface SlowClient {
  readonly socket: Socket;
  readonly byte: string;
  status: number;
  isClosed: boolean;
}

export const slowClients: Attack = {
  name: "slow",
  summary:
    "requests byte by byte without end, from hundreds of clients; others are served, these are cut off",
  concerns: () => true,
  must: () => "hold",
  findLack: () => null,
  async run(target, { isFull, signal, onProgress }) {
    const { clients: count, lastMs } = isFull ? FORMS.full : FORMS.short;
    const clients = Array.from({ length: count }, (_, index) => openSlow(target.service.port, index));
    const startMs = performance.now();
    let [asked, answered] = [0, 0];
    try {
      while (performance.now() - startMs < lastMs && clients.some(({ isClosed }) => !isClosed)) {
        for (const { socket, byte, isClosed } of clients) if (!isClosed) socket.write(byte);
        asked += READS;
        answered += await ask(target, target.makeRequests(READS, 10));
        onProgress(Math.min(lastMs, performance.now() - startMs), lastMs);
        await sleep(isFull ? BYTE_INTERVAL_MS : BYTE_INTERVAL_MS / 5, undefined, { signal });
      }
      const cut = clients.filter(({ isClosed }) => isClosed).length;
      const told = clients.filter(({ status }) => status === 408).length;
      const refused = clients.filter(({ status }) => status === 503).length;
      const unexpected = clients.filter(({ status }) => ![0, 408, 503].includes(status)).length;
      return {
        wrong: [
          ...(answered < asked ? [`${asked - answered} requests of others not answered rightly`] : []),
          ...(unexpected > 0 ? [`${unexpected} slow clients answered otherwise than 408`] : []),
          ...(isFull && cut < count ? [`${count - cut} slow clients still connected`] : []),
        ],
        measured: `${count} slow clients, ${told} told 408 and ${refused} 503; ${answered} of ${asked} other requests answered rightly meanwhile`,
        figures: { clients: count, cut, told, refused, asked, answered },
        acknowledged: [],
      };
    } finally {
      for (const { socket } of clients) socket.destroy();
    }
  },
};

function openSlow(port: number, index: number): SlowClient {
  const { start, byte } = KINDS[index % KINDS.length] as (typeof KINDS)[number];
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const client: SlowClient = { socket, byte, status: 0, isClosed: false };
  let rest = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    rest = takeAnswers(rest + text, (status) => {
      // Who is refused is still cut off later.
      client.status ||= status;
    });
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    client.isClosed = true;
  });
  socket.write(start);
  return client;
}
