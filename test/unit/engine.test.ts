import assert from "node:assert/strict";
import { test } from "node:test";
import { joinFrames } from "../../lab/targets/engine.ts";

function frame(stream: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

test("a container's log is the text of its frames, from both streams in their order", () => {
  const log = Buffer.concat([frame(1, "linear: listening\n"), frame(2, ""), frame(2, "Zoë\n")]);
  assert.equal(joinFrames(log), "linear: listening\nZoë\n");
  assert.equal(joinFrames(Buffer.alloc(0)), "");
  assert.equal(joinFrames(log.subarray(0, 3)), "");
});
