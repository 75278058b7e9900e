// What an operator sees of one row of the table of approaches: /health, /info, /metrics.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkShape } from "../../lab/shape.ts";
import { storeInfoShape } from "../../lab/targets/store-info.ts";
import type { Approach } from "../../services/approaches/approach.ts";
import type { UserStore } from "../../services/storage/user-store.ts";
import { ADA, startService, type TestService } from "../helpers/http.ts";
import { parseMetrics } from "../helpers/metrics.ts";

/** What a row of ours says of itself beyond what all must. */
interface Particulars {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly engine?: { readonly name: string; readonly version: RegExp };
  readonly figures?: readonly string[];
}

const particulars: Readonly<Record<string, Particulars>> = {
  baseline: { settings: {} },
  linear: { settings: { appendFlags: "a", fsync: false } },
  binary: { settings: { openFlags: "r", unindexedRecords: 0 } },
  map: { settings: { appendFlags: "a", fsync: false }, figures: ["map_load_seconds", "map_users"] },
  "linear-marked": { settings: { appendFlags: "a", fsync: false } },
  "map-marked": { settings: { appendFlags: "a", fsync: false }, figures: ["map_users"] },
  "map-watched": {
    settings: { appendFlags: "a", fsync: false, pollMs: 1_000 },
    figures: ["map_users", "map_followed_users_total", "map_staleness_milliseconds_total"],
  },
  "map-notified": {
    settings: { appendFlags: "a", fsync: false, channel: "users_appended", pollMs: 10_000 },
    figures: ["map_users", "map_staleness_max_milliseconds", "map_subscribed"],
  },
  sqlite: {
    settings: {
      journal_mode: "wal",
      synchronous: 2,
      fullfsync: 0,
      checkpoint_fullfsync: 0,
      wal_autocheckpoint: 1000,
      locking_mode: "normal",
      busy_timeout: 1000,
    },
    engine: { name: "sqlite", version: /^3\.\d+\.\d+$/ },
    figures: ["sqlite_busy_total"],
  },
  postgres: {
    settings: {
      poolSize: 10,
      synchronous_commit: "on",
      synchronous_standby_names: "",
      fsync: "on",
      full_page_writes: "on",
      wal_level: "replica",
      commit_delay: "0",
    },
    engine: { name: "postgresql", version: /^\d+\.\d+/ },
    figures: ["postgres_pool_connections", "postgres_pool_active_requests"],
  },
};
const allFigures = [...new Set(Object.values(particulars).flatMap(({ figures = [] }) => figures))];

/** Requests, and the method and route that they count for. */
const requests: [route: string, method: string, path: string, body?: string, type?: string][] = [
  ["GET /users/:id", "GET", "/users/a"],
  ["GET /users/:id", "GET", "/users/b%2Fc?d"],
  ["POST /users", "POST", "/users", JSON.stringify(ADA)],
  ["POST /users", "POST", "/users", "{}"],
  ["POST /users", "POST", "/users", "{"],
  ["POST /users", "POST", "/users", " ".repeat(20_000)],
  ["POST /users", "POST", "/users", "a", "text/plain"],
  ["POST /users/batch", "POST", "/users/batch", JSON.stringify({ users: [ADA, ADA] })],
  ["POST /users/batch", "POST", "/users/batch", "{}"],
  ["GET /health", "GET", "/health"],
  ["any unmatched", "GET", "/nope"],
  ["any unmatched", "GET", "/users/%zz"],
  ["any unmatched", "PUT", "/users/a", "{"],
];

/**
 * Registers the tests of one row.
 * @param getService returns the service when a test runs, and getStore what it serves
 */
export function testOperations(
  name: string,
  approach: Approach,
  getService: () => TestService,
  getStore: () => UserStore,
): void {
  const { settings = {}, engine, figures = [] } = particulars[name] ?? {};

  describe("operations", () => {
    test("GET /health says that the store can answer", async () => {
      const { status, text } = await getService().get("/health");
      assert.deepEqual([status, text], [200, '{"status":"ok"}']);
    });

    test("GET /info says what runs, over what data, with which settings and versions", async () => {
      const { status, headers, json } = await getService().get("/info");
      assert.deepEqual([status, headers["content-type"]], [200, "application/json; charset=utf-8"]);
      const keys = ["approach", "durability", "recordsAtStart", "dataBytes", "settings", "versions"];
      assert.deepEqual(Object.keys(json).toSorted(), keys.toSorted());
      checkShape(storeInfoShape, json, "GET /info");
      assert.deepEqual([json.approach, json.durability], [name, approach.durability]);
      const { recordsAtStart, dataBytes, versions = {} } = await getStore().describe();
      assert.deepEqual([json.recordsAtStart, json.dataBytes], [recordsAtStart, dataBytes]);
      assert.equal(recordsAtStart > 0 && dataBytes > 0, approach.stores);
      assert.deepEqual({ ...json.settings, ...settings }, json.settings);
      const { node, v8, ...engines } = json.versions;
      assert.deepEqual([node, v8], [process.versions.node, process.versions.v8]);
      assert.deepEqual(engines, versions);
      if (engine) assert.match(String(versions[engine.name]), engine.version);
    });

    test("GET /metrics counts each request by its method, route and status", async () => {
      await using service = await startService(getStore());
      const expected = new Map<string, number>();
      for (const round of [1, 2]) {
        for (const [route, method, path, body, type = "application/json"] of requests) {
          const { status } = await service.send(method, path, body, body ? { "content-type": type } : {});
          const labels = `method="${route.split(" ")[0]}",route="${route.split(" ")[1]}",status="${status}"`;
          expected.set(labels, (expected.get(labels) ?? 0) + 1);
        }
        // The scrape counts itself, but only once it has been answered.
        if (round === 2) expected.set('method="GET",route="/metrics",status="200"', 1);
        await assertCounts(service, expected);
      }
    });

    test("GET /metrics shows the process, and the figures of this store alone", async () => {
      const { status, headers, text } = await getService().get("/metrics");
      assert.equal(status, 200);
      assert.match(headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4; charset=utf-8$/);
      const values = parseMetrics(text);
      assert.ok((values.get("process_cpu_seconds_total") ?? 0) > 0);
      const stored = getStore().figures?.() ?? [];
      const told = stored.map(({ name }) => name);
      for (const figure of figures) assert.ok(told.includes(figure), figure);
      assert.deepEqual(
        allFigures.filter((figure) => values.has(figure)),
        allFigures.filter((figure) => told.includes(figure)),
      );
      for (const { name, type = "gauge" } of stored) {
        assert.equal(typeof values.get(name), "number");
        assert.match(text, new RegExp(`^# TYPE ${name} ${type}$`, "m"));
        assert.equal(name.endsWith("_total"), type === "counter", name);
      }
      if (figures.includes("map_users")) {
        const before = values.get("map_users") ?? Number.NaN;
        await getService().post(ADA);
        const after = parseMetrics((await getService().get("/metrics")).text);
        assert.equal(after.get("map_users"), before + 1);
      }
    });
  });
}

/** Checks that the histogram has these counts by labels and no others, and that its parts agree. */
async function assertCounts(service: TestService, expected: ReadonlyMap<string, number>): Promise<void> {
  const { text } = await service.get("/metrics");
  assert.match(text, /^# TYPE http_request_duration_seconds histogram$/m);
  const values = parseMetrics(text);
  const prefix = "http_request_duration_seconds_count{";
  const counts = [...values.keys()].filter((key) => key.startsWith(prefix));
  assert.deepEqual(
    Object.fromEntries(counts.map((key) => [key.slice(prefix.length, -1), values.get(key)])),
    Object.fromEntries(expected),
  );
  for (const [labels, count] of expected) {
    assert.ok((values.get(`http_request_duration_seconds_sum{${labels}}`) ?? 0) > 0, labels);
    assert.equal(values.get(`http_request_duration_seconds_bucket{le="+Inf",${labels}}`), count, labels);
  }
}
