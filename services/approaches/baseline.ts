// Baseline: no storage at all. It answers every GET with a user made of the id, and every POST with a user
// that it forgets, so its figures are what HTTP, JSON and the framework cost under every other approach.
//
//   read         one object            memory   none
//   write        nothing               durability   nothing: it does not even survive the answer
//   prefer another: always; this one only measures.
import type { OpenStore } from "../storage/user-store.ts";

const CREATED_AT = "2024-01-01T00:00:00.000Z";

export const openBaseline: OpenStore = async () => ({
  findById: (id) => ({ id, name: `User ${id}`, email: `${id}@example.com`, created_at: CREATED_AT }),
  insert: () => "inserted",
  check: () => {},
  describe: () => ({ recordsAtStart: 0, dataBytes: 0, settings: {} }),
  async [Symbol.asyncDispose]() {},
});
