// Control: a service as it is, except that nobody observes how long its requests take. What a service costs
// beyond this is what observing costs. Takes the settings of services/main.ts.
import { ServerResponse } from "node:http";
import type { Approach, Approaches } from "../../services/approaches/approach.ts";
import { approaches } from "../../services/approaches/index.ts";
import { parseConfig, toSqliteSettings } from "../../services/config.ts";
import type { MeasuredResponse } from "../../services/http/duration-histogram.ts";
import { buildServer } from "../../services/http/server.ts";

const table: Approaches = approaches;
const config = parseConfig(process.env, table);
const { load, durability } = table[config.APPROACH] as Approach;
const store = await (await load())({
  dataDir: config.DATA_DIR,
  databaseUrl: config.DATABASE_URL || undefined,
  sqlite: toSqliteSettings(config),
  durability: config.DURABILITY,
  log: () => {},
});
const app = buildServer(store, { approach: config.APPROACH, durability, log: () => {} });

/** A response that takes no time: it only says when a request is no longer in flight, as the service's own does. */
class UnobservedResponse extends ServerResponse implements Pick<MeasuredResponse, "release"> {
  release: (() => void) | undefined = undefined;

  // biome-ignore lint/suspicious/noExplicitAny: passed on untouched to an overloaded method
  override end(...args: any[]): this {
    this.release?.();
    this.release = undefined;
    return super.end(...args);
  }
}

// Node keeps the class of response of a server under a symbol of its own.
const server = app.server as unknown as Record<symbol, unknown>;
const key = Object.getOwnPropertySymbols(server).find((symbol) => symbol.description === "ServerResponse");
if (key === undefined) throw new Error("this version of Node keeps the class of response elsewhere");
server[key] = UnobservedResponse;
await app.listen({ host: "127.0.0.1", port: config.PORT });
