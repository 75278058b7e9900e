// What the tests ask of containers, and of the services in them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { CommandOutcome } from "../helpers/command.ts";
import { ADA, JSON_TYPE } from "../helpers/http.ts";

/** Nothing here takes so long, unless it never ends. */
const WAIT_LIMIT_MS = 120_000;
const POLL_MS = 100;
const run = promisify(execFile);

export interface ContainerState {
  readonly id: string;
  /** The Compose service. */
  readonly service: string;
  readonly user: string;
  readonly health: string | undefined;
  readonly restarts: number;
  readonly ports: readonly { readonly HostIp: string }[];
  readonly host: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[];
    readonly Init: boolean;
    readonly Memory: number;
    readonly CpusetCpus: string;
    readonly NanoCpus: number;
  };
}

/** Asks the engine for the containers of a Compose project that run. */
export async function readContainers(project: string): Promise<ContainerState[]> {
  const filter = ["--filter", `label=com.docker.compose.project=${project}`];
  const ids = (await run("docker", ["ps", "--quiet", ...filter])).stdout.split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  // One may end between the two questions, and be gone: the others are described in any case.
  const { stdout } = await run("docker", ["inspect", ...ids], { maxBuffer: 1e8 }).catch((error) => {
    if (/^(Error: No such object: \w+\s*)+$/i.test(error.stderr)) return error as { stdout: string };
    throw error;
  });
  // biome-ignore lint/suspicious/noExplicitAny: the engine's own description, of which a few fields are used
  return JSON.parse(stdout).map((found: any) => ({
    id: found.Id,
    service: found.Config.Labels["com.docker.compose.service"],
    user: found.Config.User,
    health: found.State.Health?.Status,
    restarts: found.RestartCount,
    ports: Object.values(found.NetworkSettings.Ports).flatMap((bindings) => bindings ?? []),
    host: found.HostConfig,
  }));
}

/** Waits until something is so. @throws Error with the complaint when it takes too long */
export async function waitUntil(isSo: () => Promise<boolean>, complaint: string): Promise<void> {
  const untilMs = performance.now() + WAIT_LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error(complaint);
    await sleep(POLL_MS);
  }
}

/** Fails with what a command said unless it ended well. */
export function assertOk({ code, stdout, stderr }: CommandOutcome): void {
  assert.equal(code, 0, `${stdout}\n${stderr}`);
}

/** Whether an address answers that all is well. */
export async function answersOk(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects
export async function getJson(url: string): Promise<any> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  assert.equal(response.status, 200, url);
  return response.json();
}

/** Creates a user; returns it as it was answered. */
export async function postUser(base: string): Promise<{ readonly id: string }> {
  const response = await fetch(`${base}/users`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify(ADA),
  });
  assert.equal(response.status, 201);
  return (await response.json()) as { id: string };
}
