// Asks the lab's Prometheus what the dashboards ask it.
import { setTimeout as sleep } from "node:timers/promises";
import { dashboardQueries } from "../helpers/dashboard-queries.ts";

const STEP_SECONDS = 1;
const LOOK_BACK_SECONDS = 60;
const PAUSE_MS = 500;

/** Prometheus's answers, as far as they are looked at. */
interface Answer {
  readonly status: "success" | "error";
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

async function ask(base: string, path: string, parameters: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  return (await response.json()) as Answer;
}

/** Whether a query returns anything now. */
export async function hasSeries(base: string, query: string): Promise<boolean> {
  return ((await ask(base, "query", { query })).data?.result.length ?? 0) > 0;
}

/**
 * Asks every query of every dashboard while a run goes on, for one approach after the other, until it has returned data.
 * @param isOver whether the run has ended
 * @returns the places of those that never did, with Prometheus's complaint if there was one
 */
export async function findSilentQueries(
  base: string,
  approaches: readonly string[],
  isOver: () => boolean,
): Promise<string[]> {
  const silent = new Map<string, string>();
  let isFirst = true;
  for (let round = 0; !isOver() && (isFirst || silent.size > 0); round++) {
    const approach = approaches[round % approaches.length] as string;
    const run = (await ask(base, "query", { query: "lab_run_info" })).data?.result[0]?.metric.run;
    await sleep(PAUSE_MS);
    if (run === undefined) continue;
    const queries = dashboardQueries({ run, workload: ".*", size: ".*", approach });
    for (const { where, expr, isInstant } of queries) {
      if (!isFirst && !silent.has(where)) continue;
      const complaint = await findComplaint(base, expr, isInstant);
      if (complaint === null) silent.delete(where);
      else silent.set(where, complaint);
    }
    isFirst = false;
  }
  if (isFirst) return ["no run was seen"];
  return [...silent].map(([where, complaint]) => `${where}: ${complaint}`);
}

/** Returns null for a query that returns data. */
async function findComplaint(base: string, query: string, isInstant: boolean): Promise<string | null> {
  const now = Date.now() / 1000;
  const range = { start: String(now - LOOK_BACK_SECONDS), end: String(now), step: String(STEP_SECONDS) };
  const answer = isInstant
    ? await ask(base, "query", { query })
    : await ask(base, "query_range", { query, ...range });
  if (answer.status === "error") return `${answer.error}: ${query}`;
  return answer.data?.result.length ? null : `no data: ${query}`;
}
