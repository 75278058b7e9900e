// What a service says of its store: its answer to GET /info.
import * as z from "zod";
import { byName, checkShape, object } from "../shape.ts";

/** Linear counts the records of its file when it is asked. */
const ANSWER_LIMIT_MS = 60_000;

export const storeInfoShape = object({
  approach: z.string(),
  /** What an answered POST survives. */
  durability: z.enum(["nothing", "process", "power"]),
  recordsAtStart: z.int(),
  /** Bytes of all files that hold the data. */
  dataBytes: z.int(),
  /** As the store itself reports them: every PRAGMA, every SHOW. */
  settings: byName(z.union([z.string(), z.number(), z.boolean()])),
  versions: byName(z.string()),
});
export type StoreInfo = z.infer<typeof storeInfoShape>;

/** Asks a service about its store. @throws Error when it fails, or says something else than it should */
export async function readInfo(base: string): Promise<StoreInfo> {
  const url = `${base}/info`;
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${url} was answered ${response.status}: ${text}`);
  return checkShape(storeInfoShape, JSON.parse(text), `GET ${url}`);
}
