import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Registry } from "prom-client";
import { recordRun } from "../../lab/measure/live-metrics.ts";
import { environment, measurementWith } from "../helpers/measurements.ts";

const labels = { run: "r", size: "10000", workload: "read", approach: "map", trial: "3" };
const series = (name: string, more = "") =>
  new RegExp(
    `^${name}\\{run="r",size="10000",workload="read",approach="map",trial="3"${more}\\} (\\S+)$`,
    "m",
  );

describe("what Prometheus reads of a run", () => {
  const registry = new Registry();
  const recorder = recordRun(registry);
  const read = async (pattern: RegExp) => Number(pattern.exec(await registry.metrics())?.[1]);

  test("the run, with the published figures of its size", async () => {
    recorder.startRun(environment, ["read", "create"]);
    const text = await registry.metrics();
    assert.match(text, /^lab_run_info\{.*generator="builtin".*\} 1$/m);
    assert.match(
      text,
      /^lab_published_requests_per_second\{approach="map",workload="read",size="10000"\} 66573$/m,
    );
    assert.match(
      text,
      /^lab_published_latency_seconds\{approach="linear",workload="read",size="10000"\} 0.101$/m,
    );
    assert.doesNotMatch(text, /workload="create"/);
  });

  test("the trial that runs, and nothing of its figures yet", async () => {
    const before = Date.now() / 1000;
    recorder.openWindow(labels);
    assert.equal(await read(series("lab_trial_running")), 1);
    const started = await read(series("lab_trial_started_seconds"));
    assert.ok(started >= before && started <= Date.now() / 1000);
    assert.doesNotMatch(await registry.metrics(), /^lab_trial_requests/m);
  });

  test("the figures of a trial that has ended, in seconds", async () => {
    recorder.closeWindow(labels);
    assert.doesNotMatch(await registry.metrics(), /^lab_trial_running\{/m);
    recorder.endTrial(labels, measurementWith({ databaseCpuMicrosPerRequest: 20 }));
    assert.equal(await read(series("lab_trial_requests_per_second")), 10_000);
    assert.equal(await read(series("lab_trial_server_cpu_seconds_per_request")), 95e-6);
    assert.equal(await read(series("lab_trial_database_cpu_seconds_per_request")), 20e-6);
    assert.equal(await read(series("lab_trial_latency_seconds", ',quantile="0.99"')), 0.012);
    assert.equal(await read(series("lab_trial_busy_connections")), 50);
    assert.equal(await read(series("lab_trial_verdict", ',verdict="server-limited"')), 1);
  });

  test("no figures of a trial that failed, but its verdict", async () => {
    const other = { ...labels, trial: "4" };
    recorder.openWindow(other);
    recorder.endTrial(other, measurementWith({ error: "the service ended", verdict: "invalid" }));
    const text = await registry.metrics();
    assert.match(text, /^lab_trial_verdict\{.*trial="4",verdict="invalid"\} 1$/m);
    assert.doesNotMatch(text, /^lab_trial_requests.*trial="4"/m);
  });

  test("no database's share of an approach without one", async () => {
    const other = { ...labels, trial: "5" };
    recorder.endTrial(other, measurementWith());
    assert.doesNotMatch(await registry.metrics(), /^lab_trial_database.*trial="5"/m);
  });
});
