// A Docker engine, over its socket: as much of its API as the lab needs to restart and watch its own containers.
import { request } from "node:http";

/** Engine 20.10 and later. */
const API = "/v1.41";

/** A container as the engine describes it. */
export interface Container {
  readonly id: string;
  /** When it was last started. Another value means another process. */
  readonly startedAt: string;
  readonly isRunning: boolean;
  /** The CPUs that it is bound to, such as "0-1,3"; empty: all. */
  readonly cpus: string;
}

export interface Engine {
  /** Finds the container of a Compose service. @throws Error when there is none */
  readonly find: (service: string) => Promise<Container>;
  /** Stops a container as Compose does and starts it again. */
  readonly restart: (id: string) => Promise<void>;
  /** CPU time of all processes that have run in the container. */
  readonly readCpuMicros: (id: string) => Promise<number>;
}

/**
 * @param socketPath of the engine
 * @param project the Compose project whose services are looked for
 */
export function connectEngine(socketPath: string, project: string): Engine {
  const call = <T>(method: "GET" | "POST", path: string) =>
    callEngine<T>(socketPath, method, `${API}${path}`);

  return {
    async find(service) {
      const labels = [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`];
      const filters = encodeURIComponent(JSON.stringify({ label: labels }));
      const [found] = await call<{ Id: string }[]>("GET", `/containers/json?all=true&filters=${filters}`);
      if (found === undefined) throw new Error(`the project ${project} has no container of ${service}`);
      const { State, HostConfig } = await call<{
        State: { StartedAt: string; Running: boolean };
        HostConfig: { CpusetCpus: string };
      }>("GET", `/containers/${found.Id}/json`);
      return {
        id: found.Id,
        startedAt: State.StartedAt,
        isRunning: State.Running,
        cpus: HostConfig.CpusetCpus,
      };
    },
    restart: (id) => call("POST", `/containers/${id}/restart`),
    async readCpuMicros(id) {
      const path = `/containers/${id}/stats?stream=false&one-shot=true`;
      const stats = await call<{ cpu_stats: { cpu_usage: { total_usage: number } } }>("GET", path);
      return stats.cpu_stats.cpu_usage.total_usage / 1000;
    },
  };
}

function callEngine<T>(socketPath: string, method: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        if (status >= 400) reject(new Error(`Docker engine, ${method} ${path}: ${status} ${body.trim()}`));
        else resolve((body === "" ? undefined : JSON.parse(body)) as T);
      });
    });
    sent.on("error", (error) =>
      reject(new Error(`Docker engine at ${socketPath}: ${error.message}`, { cause: error })),
    );
    sent.end();
  });
}
