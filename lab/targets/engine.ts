// A Docker engine, over its socket: as much of its API as the lab needs to restart, bind and watch its own containers.
import { request } from "node:http";
import { hostname } from "node:os";
import type { ContainerOrigin } from "./container-origin.ts";

/** What is used here is in the API of Engine 20.10. Newer engines may ask for a later version; all of it is there too. */
const API_MINOR_VERSION = 41;
/** Of a container's output, when something went wrong. */
const LOG_LINES = 20;
const FRAME_HEADER_BYTES = 8;

/** A container as the engine describes it. */
export interface Container {
  /** When it was last started. Another value means another process. */
  readonly startedAt: string;
  readonly isRunning: boolean;
}

export interface Engine {
  readonly version: string;
  /** Finds the containers of the same project: ids by the names of their Compose services. */
  readonly list: () => Promise<ReadonlyMap<string, string>>;
  readonly inspect: (id: string) => Promise<Container>;
  /** Says what a container was made of. */
  readonly describe: (id: string) => Promise<ContainerOrigin>;
  /** Stops a container as Compose does and starts it again. */
  readonly restart: (id: string) => Promise<void>;
  /** Stops a container as Compose does; one that does not run is left as it is. */
  readonly stop: (id: string) => Promise<void>;
  /** Gives a container names on all networks that it is in, in place of those that it had. */
  readonly name: (id: string, names: readonly string[]) => Promise<void>;
  /** Kills all that runs in a container (SIGKILL), and waits until it is gone. */
  readonly kill: (id: string) => Promise<void>;
  /** Binds all that runs in a container to these cores. @throws Error when the engine cannot */
  readonly bind: (id: string, cores: readonly number[]) => Promise<void>;
  /** CPU time of all processes that have run in the container, in microseconds. */
  readonly readCpuMicros: (id: string) => Promise<number>;
  /** Returns the last lines that a container wrote. */
  readonly readLog: (id: string) => Promise<string>;
}

/** The parts of the engine's answer that are used here. */
interface InspectedContainer {
  readonly Image: string;
  readonly Config: { readonly Image: string };
  readonly HostConfig: { readonly NanoCpus: number; readonly Memory: number };
}

const PROJECT_LABEL = "com.docker.compose.project";

/**
 * Connects to the engine of the container that this process runs in.
 * @throws Error when there is no engine, or no container of a Compose project
 */
export async function connectEngine(socketPath: string): Promise<Engine> {
  const about = await callEngine(socketPath, "GET", "/version");
  const { Version: version = "", MinAPIVersion } = JSON.parse(about.toString("utf8")) as Record<
    string,
    string
  >;
  const api = `/v1.${Math.max(API_MINOR_VERSION, Number(MinAPIVersion?.split(".")[1] ?? 0))}`;
  const call = (method: "GET" | "POST", path: string, body?: unknown) =>
    callEngine(socketPath, method, `${api}${path}`, body);
  const ask = async <T>(path: string) => JSON.parse((await call("GET", path)).toString("utf8")) as T;
  // A container's host name is its id, unless it was given another.
  const own = await ask<{ Config: { Labels: Record<string, string> } }>(`/containers/${hostname()}/json`);
  const project = own.Config.Labels[PROJECT_LABEL];
  if (project === undefined) throw new Error("this container belongs to no Compose project");

  return {
    version,
    async list() {
      const filters = encodeURIComponent(
        JSON.stringify({ label: [`${PROJECT_LABEL}=${project}`, "com.docker.compose.oneoff=False"] }),
      );
      const found = await ask<{ Id: string; Labels: Record<string, string> }[]>(
        `/containers/json?all=true&filters=${filters}`,
      );
      return new Map(found.map(({ Id, Labels }) => [Labels["com.docker.compose.service"] as string, Id]));
    },
    async inspect(id) {
      const { State } = await ask<{ State: { StartedAt: string; Running: boolean } }>(
        `/containers/${id}/json`,
      );
      return { startedAt: State.StartedAt, isRunning: State.Running };
    },
    async describe(id) {
      const { Image, Config, HostConfig } = await ask<InspectedContainer>(`/containers/${id}/json`);
      const { RepoDigests } = await ask<{ RepoDigests: string[] | null }>(`/images/${Image}/json`);
      return {
        image: Config.Image,
        imageId: Image,
        digests: RepoDigests ?? [],
        // The engine says 0 where there is no limit.
        cpuLimitCores: HostConfig.NanoCpus / 1e9 || null,
        memoryLimitBytes: HostConfig.Memory || null,
      };
    },
    async restart(id) {
      await call("POST", `/containers/${id}/restart`);
    },
    async stop(id) {
      await call("POST", `/containers/${id}/stop`);
    },
    async name(id, names) {
      const { NetworkSettings } = await ask<{ NetworkSettings: { Networks: Record<string, unknown> } }>(
        `/containers/${id}/json`,
      );
      for (const network of Object.keys(NetworkSettings.Networks)) {
        await call("POST", `/networks/${network}/disconnect`, { Container: id });
        const EndpointConfig = { Aliases: names };
        await call("POST", `/networks/${network}/connect`, { Container: id, EndpointConfig });
      }
    },
    async kill(id) {
      await call("POST", `/containers/${id}/kill`);
      await call("POST", `/containers/${id}/wait`);
    },
    async bind(id, cores) {
      const answer = await call("POST", `/containers/${id}/update`, { CpusetCpus: cores.join(",") });
      const { Warnings } = JSON.parse(answer.toString("utf8")) as { Warnings: string[] | null };
      if (Warnings?.length) throw new Error(Warnings.join("; "));
    },
    async readCpuMicros(id) {
      const stats = await ask<{ cpu_stats: { cpu_usage: { total_usage: number } } }>(
        `/containers/${id}/stats?stream=false&one-shot=true`,
      );
      return stats.cpu_stats.cpu_usage.total_usage / 1000;
    },
    async readLog(id) {
      const path = `/containers/${id}/logs?stdout=true&stderr=true&tail=${LOG_LINES}`;
      return joinFrames(await call("GET", path));
    },
  };
}

/** Reads the engine's frames: eight bytes, of which the last four are the length, and so much text. */
export function joinFrames(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at + FRAME_HEADER_BYTES <= bytes.length; ) {
    const start = at + FRAME_HEADER_BYTES;
    const end = start + bytes.readUInt32BE(at + 4);
    text += bytes.toString("utf8", start, end);
    at = end;
  }
  return text;
}

function callEngine(socketPath: string, method: string, path: string, body?: unknown): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(new Error(`Docker engine at ${socketPath}, ${method} ${path}: ${why}`, { cause }));
    const headers = { "content-type": "application/json" };
    const sent = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", (error) => fail(error.message, error));
      response.on("end", () => {
        const answer = Buffer.concat(chunks);
        const status = response.statusCode ?? 0;
        if (status >= 400) fail(`${status} ${answer.toString("utf8").trim()}`);
        else resolve(answer);
      });
    });
    sent.on("error", (error) => fail(error.message, error));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
