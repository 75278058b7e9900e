// The lab as containers, on a real Docker engine: brought up from nothing, measured, hurt, and taken down. One story, in
// its order: each part goes on where the one before it ended.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seededUser } from "../../k6/lib/users.ts";
import type { Measurement } from "../../lab/measure/measurement.ts";
import { readResults } from "../../lab/measure/results.ts";
import { findBrowser, takeScreenshot } from "../helpers/browser.ts";
import { readDashboards } from "../helpers/dashboard-queries.ts";
import { mainRows } from "../helpers/stores.ts";
import { answersOk, assertOk, getJson, postUser, readContainers, waitUntil } from "./containers.ts";
import { COMMIT, copyLab, hasEngine, type Lab, NAME, type PortVariable } from "./lab.ts";
import { findSilentQueries, hasSeries } from "./prometheus.ts";

const names = mainRows.map(([name]) => name);
const portOf = (name: string) => `${name.toUpperCase().replace("-", "_")}_PORT` as PortVariable;
const skip = (await hasEngine()) || process.env.CI === "true" ? false : "not run: no Docker engine answers";

/** A picture of a page without anything on it takes less. */
const EMPTY_PAGE_BYTES = 40_000;
/** Posts to second processes in the last minutes. */
const SECOND_PROCESS_POSTS =
  'max_over_time(http_request_duration_seconds_count{process="2",method="POST"}[5m]) > 0';
/** Kills every Node.js in its container but itself. */
const KILL_OTHERS = `for (const pid of fs.readdirSync("/proc").filter(Number)) {
  const command = fs.readFileSync("/proc/" + pid + "/cmdline", "utf8");
  if (command.startsWith("node") && pid != process.pid) process.kill(pid, "SIGKILL");
}`;

describe("the lab as containers", { skip }, () => {
  let lab: Lab;
  let silentQueries: string[];
  before(async () => {
    lab = await copyLab();
  });
  after(() => lab.remove());

  const urlOf = (name: string) => lab.urlOf(portOf(name));
  const isHealthy = (name: string) => answersOk(`${urlOf(name)}/health`);
  const latest = (names: RegExp) => {
    const found = readdirSync(join(lab.folder, "results")).filter((name) => names.test(name));
    return join(lab.folder, "results", found.sort().at(-1) as string);
  };
  const latestRun = () => latest(/^\d/);

  test("comes up from nothing with one command, measures once, and says where to look", async () => {
    assertOk(await lab.compose("build", "--quiet"));
    assertOk(await lab.compose("up", "--detach"));
    let isOver = false;
    const waiting = lab.compose("wait", "k6").finally(() => {
      isOver = true;
    });
    silentQueries = await findSilentQueries(lab.urlOf("PROMETHEUS_PORT"), names, () => isOver);
    const { code } = await waiting;
    const log = (await lab.compose("logs", "--no-log-prefix", "k6")).stdout;
    assert.equal(code, 0, log);
    assert.match(log, /\| approach +\| +req\/s/);
    assert.ok(log.includes(`watch:   http://localhost:${new URL(lab.urlOf("GRAFANA_PORT")).port}`), log);
    for (const name of names) assert.match(log, new RegExp(`read ${name} .*req/s`));
    const { measurements } = readResults(latestRun());
    assert.deepEqual(new Set(measurements.map(({ approach }) => approach)), new Set(names));
    for (const { approach, error, generator, isAgain } of measurements) {
      assert.equal(error, undefined, approach);
      assert.equal(generator === "k6", !isAgain);
    }
  });

  test("had data for every query of every dashboard while it measured", () => {
    assert.deepEqual(silentQueries, []);
  });

  test("Grafana shows every dashboard to whoever comes", async (t) => {
    if (!(await readContainers(NAME)).some(({ service }) => service === "grafana"))
      return t.skip("not run: there is no image of Grafana here");
    const base = lab.urlOf("GRAFANA_PORT");
    await waitUntil(() => answersOk(`${base}/api/health`), "Grafana is not healthy");
    const found: { uid: string }[] = await getJson(`${base}/api/search?type=dash-db`);
    const pages = readDashboards();
    assert.deepEqual(new Set(found.map(({ uid }) => uid)), new Set(pages.map(({ uid }) => uid)));
    for (const { uid, title } of pages) {
      const { dashboard } = await getJson(`${base}/api/dashboards/uid/${uid}`);
      assert.equal(dashboard.title, title);
    }
    assert.equal((await getJson(`${base}/api/dashboards/home`)).dashboard.title, "Approaches side by side");
  });

  test("a browser shows the dashboards", async (t) => {
    const browser = findBrowser();
    const hasGrafana = (await readContainers(NAME)).some(({ service }) => service === "grafana");
    if (browser === null || !hasGrafana)
      return t.skip("not run: there is no browser or no image of Grafana here");
    for (const { uid } of readDashboards()) {
      const url = `${lab.urlOf("GRAFANA_PORT")}/d/${uid}?kiosk&from=now-5m&to=now`;
      const file = join(process.env.SCREENSHOTS ?? join(lab.folder, "screenshots"), `${uid}.png`);
      assert.ok((await takeScreenshot(browser, url, file)) > EMPTY_PAGE_BYTES, `${uid} is empty`);
    }
  });

  test("answers on this machine alone, at a port per approach", async () => {
    const user = seededUser(1, 42);
    for (const [name, { stores }] of mainRows) {
      assert.ok(await isHealthy(name), name);
      const found = await getJson(`${urlOf(name)}/users/${user.id}`);
      assert.deepEqual(stores ? found : found.id, stores ? user : user.id, name);
      assert.equal((await getJson(`${urlOf(name)}/info`)).recordsAtStart, stores ? 10_000 : 0, name);
    }
    for (const { service, ports } of await readContainers(NAME)) {
      for (const { HostIp } of ports) assert.equal(HostIp, "127.0.0.1", service);
      if (service === "postgres-server") assert.deepEqual(ports, []);
    }
  });

  test("gives every approach the same machine, and no more rights than it needs", async () => {
    const containers = (await readContainers(NAME)).filter(({ service }) => names.includes(service));
    assert.equal(containers.length, names.length);
    for (const { service, user, host } of containers) {
      assert.equal(user, "node", service);
      assert.equal(host.ReadonlyRootfs, true, service);
      assert.deepEqual(host.CapDrop, ["ALL"], service);
      assert.equal(host.Init, true, service);
      assert.equal(host.Memory, containers[0]?.host.Memory, service);
      assert.equal(host.CpusetCpus, containers[0]?.host.CpusetCpus, service);
      assert.equal(host.NanoCpus, containers[0]?.host.NanoCpus, service);
    }
    const listing = await lab.compose("exec", "-T", "map", "ls", "node_modules", "node_modules/.bin");
    assert.match(listing.stdout, /^fastify$/m);
    assert.doesNotMatch(listing.stdout, /^(typescript|autocannon|tsx|commander)$/m);
  });

  test("has second processes on the same data for who asks, of which map's alone does not see the first one's users", async () => {
    const firsts = ["linear", "map", "sqlite", "postgres"];
    const seconds = firsts.map((name) => `${name}-2`);
    assertOk(
      await lab.compose(
        "--profile",
        "writers",
        "up",
        "--detach",
        "prometheus",
        "baseline",
        ...firsts,
        ...seconds,
      ),
    );
    for (const name of [...firsts, ...seconds])
      await waitUntil(() => isHealthy(name), `${name} is not healthy`);
    for (const name of firsts) {
      const user = await postUser(urlOf(name));
      assert.deepEqual(await getJson(`${urlOf(name)}/users/${user.id}`), user);
      const { status } = await fetch(`${urlOf(`${name}-2`)}/users/${user.id}`);
      assert.equal(status, name === "map" ? 404 : 200, name);
    }
    const query = new URLSearchParams({ query: `up{job="second-services"} == 1` });
    const seen = async () =>
      (await getJson(`${lab.urlOf("PROMETHEUS_PORT")}/api/v1/query?${query}`)).data.result;
    await waitUntil(async () => (await seen()).length === seconds.length, "Prometheus does not see them");
    for (const { metric } of await seen())
      assert.deepEqual([firsts.includes(metric.approach), metric.process], [true, "2"]);
    assertOk(await lab.compose("--profile", "writers", "rm", "--stop", "--force", ...seconds));
  });

  test("is healthy, as Docker sees it", async () => {
    const everybody = async () =>
      (await readContainers(NAME)).every(({ health }) => health === undefined || health === "healthy");
    await waitUntil(everybody, "a container is not healthy");
  });

  test("a second up changes nothing but measures again, and what people wrote is still there", async () => {
    const before = await readContainers(NAME);
    const user = await postUser(urlOf("sqlite"));
    assertOk(await lab.compose("up", "--detach"));
    await lab.compose("stop", "k6");
    const after = new Map((await readContainers(NAME)).map(({ service, id }) => [service, id]));
    for (const name of names) {
      assert.equal(after.get(name), before.find(({ service }) => service === name)?.id, name);
    }
    assert.deepEqual(await getJson(`${urlOf("sqlite")}/users/${user.id}`), user);
  });

  test("make bench measures another size in the containers, for who called it", async () => {
    const created = await postUser(urlOf("postgres"));
    const outcome = await lab.run("make", [
      "bench",
      "SIZE=2000",
      "BLOCKS=1",
      "DURATION=1s",
      "GENERATOR=k6",
      "SEED=5",
    ]);
    assertOk(outcome);
    assert.match(
      outcome.stderr,
      /^bench: services as containers, because a Docker engine and Compose v2 answer/m,
    );
    const run = latestRun();
    const { environment, measurements, counts } = readResults(run);
    assert.equal(environment.mode, "docker");
    assert.equal(environment.size, 2_000);
    assert.match(environment.command, /^make bench MODE=docker SIZE=2000 /);
    assert.match(environment.software.docker ?? "", /^\d+\./);
    assert.deepEqual([environment.commit, environment.isDirty], [COMMIT, true]);
    assert.deepEqual(Object.keys(environment.containers ?? {}).sort(), [...names, "postgres-server"].sort());
    for (const [name, container] of Object.entries(environment.containers ?? {})) {
      assert.match(container.imageId, /^sha256:[0-9a-f]{64}$/, name);
      assert.equal(container.memoryLimitBytes, 4 * 2 ** 30, name);
    }
    for (const [name, { stores }] of mainRows) {
      assert.equal(environment.stores[name]?.recordsAtStart, stores ? 2_000 : 0, name);
    }
    assert.equal(environment.stores.postgres?.settings.fsync, "on");
    const trials = (workload: string) =>
      measurements
        .filter((trial) => trial.workload === workload && !trial.isAgain)
        .map(({ approach }) => approach);
    assert.deepEqual(trials("read").sort(), [...names].sort());
    assert.deepEqual(
      trials("create").sort(),
      mainRows.flatMap(([name, { writes }]) => (writes ? [name] : [])).sort(),
    );
    for (const trial of measurements) assertComplete(trial);
    const counted = (counts ?? []).filter(({ workload }) => workload === "read");
    assert.deepEqual(counted.map(({ approach }) => approach).sort(), [...names].sort());
    for (const file of [run, ...readdirSync(run).map((name) => join(run, name))]) {
      assert.equal(statSync(file).uid, lab.uid, file);
    }
    assert.match(readFileSync(join(run, "report.md"), "utf8"), /dashboards: http:\/\/localhost:\d+\/d\//);
    assert.equal((await getJson(`${urlOf("map")}/info`)).recordsAtStart, 2_000);

    assertOk(await lab.compose("up", "--detach", "--scale", "k6=0"));
    await waitUntil(() => isHealthy("postgres"), "postgres is not healthy");
    assert.deepEqual(await getJson(`${urlOf("postgres")}/users/${created.id}`), created);
  });

  test("make bench DURABILITY=power has services in which nothing answered is lost by a power cut", async () => {
    const writing = ["APPROACHES=map,sqlite,postgres", "WORKLOADS=create", "BLOCKS=1", "DURATION=500ms"];
    const settings = ["MODE=docker", "DURABILITY=power", "SIZE=1000", "COUNTS=no", "GENERATOR=builtin"];
    assertOk(await lab.run("make", ["bench", ...settings, ...writing]));
    const { environment, measurements } = readResults(latestRun());
    assert.match(environment.command, /^make bench MODE=docker .*DURABILITY=power/);
    for (const { approach, error } of measurements) assert.equal(error, undefined, approach);
    const { map, sqlite, postgres } = environment.stores;
    for (const store of [map, sqlite, postgres]) assert.equal(store?.durability, "power");
    assert.equal(map?.settings.fdatasync, true);
    assert.deepEqual([sqlite?.settings.synchronous, sqlite?.settings.journal_mode], [2, "wal"]);
    assert.deepEqual([postgres?.settings.fsync, postgres?.settings.synchronous_commit], ["on", "on"]);
  });

  test("make bench measures approaches without a container of their own in one, each under its name", async () => {
    const variants = ["map-compact", "lsm", "rocksdb", "lmdb", "sqlite-tuned", "postgres-indexed"];
    const chosen = ["map", ...variants];
    const settings = ["MODE=docker", "SIZE=1000", "BLOCKS=1", "DURATION=2s", "GENERATOR=builtin"];
    assertOk(
      await lab.run("make", ["bench", ...settings, `APPROACHES=${chosen.join()}`, "WORKLOADS=read,create"]),
    );
    const { environment, measurements, counts } = readResults(latestRun());
    assert.equal(environment.mode, "docker");
    for (const name of chosen) {
      const { approach, recordsAtStart } = environment.stores[name] ?? {};
      assert.deepEqual([approach, recordsAtStart], [name, 1_000]);
      assert.equal(environment.containers?.[name]?.imageId, environment.containers?.map?.imageId, name);
      const own = measurements.filter((trial) => trial.approach === name && !trial.isAgain);
      assert.deepEqual(own.map(({ workload }) => workload).sort(), ["create", "read"]);
      for (const trial of own) assertComplete(trial);
      assert.ok(
        counts?.some((cell) => cell.approach === name),
        name,
      );
    }
    for (const name of variants) {
      const query = `max_over_time(http_request_duration_seconds_count{job="services",approach="${name}",process="1"}[15m]) > 0`;
      assert.ok(await hasSeries(lab.urlOf("PROMETHEUS_PORT"), query), `${name} was not watched`);
    }
    const left = (await lab.compose("ps", "--all", "--services")).stdout;
    assert.doesNotMatch(left, /^variant$/m);
  });

  test("an open load in the containers: first what each can do, then latency at constant rates", async () => {
    const few = ["APPROACHES=map,postgres", "WORKLOADS=read", "BLOCKS=1", "DURATION=1s", "COUNTS=no"];
    const outcome = await lab.run("make", ["bench", "LOAD=open", "GENERATOR=k6", "RATE=100", ...few]);
    // A busy machine may not follow three quarters of what it could do a moment before, which the bench calls failed.
    if (outcome.code !== 0) assert.match(outcome.stderr, /^error: \d+ of \d+ trials failed/m);
    const { environment, measurements } = readResults(latestRun());
    assert.deepEqual([environment.mode, environment.load], ["docker", "open"]);
    const open = measurements.filter(({ load, isAgain }) => load === "open" && !isAgain);
    assert.equal(measurements.filter(({ load }) => load === "closed").length, 2);
    assert.equal(new Set(open.map(({ rate }) => rate)).size, 4);
    assert.equal(open.length, 8);
    const common = open.filter(({ rate }) => rate === "common");
    assert.deepEqual(
      common.map(({ error, generator }) => [error, generator]),
      [
        [undefined, "k6"],
        [undefined, "k6"],
      ],
    );
  });

  test("make lesson measures as processes of one container, for who called it", async () => {
    const settings = ["SIZES=500,1000", "BLOCKS=1", "DURATION=500ms", "WARMUP=100ms", "SEED=5"];
    const outcome = await lab.run("make", ["lesson", "MODE=docker", ...settings]);
    assertOk(outcome);
    assert.match(outcome.stderr, /^lesson: in one container, because MODE=docker$/m);
    const lesson = latest(/^lesson-/);
    const page = readFileSync(join(lesson, "report.html"), "utf8");
    assert.match(page, /processes, in one container/);
    const claims = JSON.parse(readFileSync(join(lesson, "claims.json"), "utf8"));
    assert.ok(claims.length > 30);
    const experiments = readFileSync(join(lesson, "experiments.jsonl"), "utf8").trim().split("\n");
    for (const line of experiments) assert.equal(JSON.parse(line).error, undefined, line);
    assert.equal(statSync(join(lesson, "lesson.md")).uid, lab.uid);
  });

  test("make writers lets two containers of an approach write to one store", async () => {
    await waitUntil(() => isHealthy("map"), "map is not healthy");
    const user = await postUser(urlOf("map"));
    const settings = ["APPROACHES=map,sqlite", "BLOCKS=1", "DURATION=500ms", "SEED=5"];
    assertOk(await lab.run("make", ["writers", ...settings]));
    assert.ok(await hasSeries(lab.urlOf("PROMETHEUS_PORT"), SECOND_PROCESS_POSTS), "nothing was watched");
    const record = JSON.parse(readFileSync(join(latest(/^writers-/), "writers.json"), "utf8"));
    assert.equal(record.mode, "docker");
    assert.deepEqual([record.failures, record.notRun], [[], []]);
    const findingsOf = (cell: RegExp) =>
      record.trials.find((trial: { cell: string }) => cell.test(trial.cell)).findings;
    const map = findingsOf(/^map, 2 processes/);
    assert.ok(map.neverSeen > 0);
    assert.deepEqual([map.lost, map.malformedLines], [0, 0]);
    const sqlite = findingsOf(/^sqlite, 5 s timeout, 2 processes/);
    assert.deepEqual([sqlite.lost, sqlite.stale, sqlite.duplicated], [0, 0, 0]);
    assert.ok(sqlite.acknowledged > 0);
    // The first one serves what people wrote again, and the second one, which nobody had started, is gone.
    await waitUntil(() => isHealthy("map"), "map is not healthy");
    assert.deepEqual(await getJson(`${urlOf("map")}/users/${user.id}`), user);
    assert.ok((await readContainers(NAME)).every(({ service }) => service !== "map-2"));
  });

  test("a bench that is stopped gives the services back as they were", async () => {
    await waitUntil(() => isHealthy("linear"), "linear is not healthy");
    const user = await postUser(urlOf("linear"));
    const args = [
      "bench",
      "APPROACHES=linear,map",
      "WORKLOADS=create",
      "DURATION=1s",
      "BLOCKS=50",
      "MODE=docker",
    ];
    const child = lab.start("make", args);
    child.stdin?.end();
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    const ended = once(child, "close");
    await waitUntil(async () => /\[1\/100\]/.test(said) || child.exitCode !== null, "no trial ended");
    process.kill(-(child.pid as number), "SIGINT");
    await ended;
    assert.match(said, /stopped; finished trials are in results\//);
    for (const name of ["linear", "map"]) await waitUntil(() => isHealthy(name), `${name} is not healthy`);
    assert.deepEqual(await getJson(`${urlOf("linear")}/users/${user.id}`), user);
    const left = await lab.run("docker", [
      "ps",
      "--quiet",
      "--filter",
      `label=com.docker.compose.project=${NAME}`,
      "--filter",
      "label=com.docker.compose.service=bench",
    ]);
    assert.equal(left.stdout, "");
  });

  test("a service that is killed under load comes back", async () => {
    const { id } = seededUser(1, 7);
    let isOver = false;
    let failures = 0;
    const load = (async () => {
      while (!isOver) await getJson(`${urlOf("map")}/users/${id}`).catch(() => failures++);
    })();
    try {
      await sleep(200);
      // The container ends with its service, and this command with the container.
      await lab.compose("exec", "-T", "map", "node", "--eval", KILL_OTHERS);
      await waitUntil(async () => failures > 0 && (await isHealthy("map")), "map did not come back");
    } finally {
      isOver = true;
      await load;
    }
    assert.equal((await getJson(`${urlOf("map")}/users/${id}`)).id, id);
    const [container] = (await readContainers(NAME)).filter(({ service }) => service === "map");
    assert.ok((container?.restarts ?? 0) > 0);
  });

  test("names a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { code, stderr } = await lab.run("docker", ["compose", "up", "--detach", "baseline"], {
      BASELINE_PORT: String(port),
    });
    other.close();
    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}`));
    assertOk(await lab.compose("up", "--detach", "baseline"));
  });

  test("deletes no data without a yes", async () => {
    const { code } = await lab.run("make", ["clean"]);
    assert.notEqual(code, 0);
    assert.ok((await readContainers(NAME)).length >= names.length);
  });

  test("down leaves nothing, and stops who measures", async () => {
    const bench = lab.start("make", ["bench", "APPROACHES=baseline", "WORKLOADS=read", "BLOCKS=50"]);
    const ended = once(bench, "close");
    const measures = async () => (await readContainers(NAME)).some(({ service }) => service === "bench");
    await waitUntil(measures, "the bench did not start");
    assertOk(await lab.run("make", ["down"]));
    await ended;
    const label = `label=com.docker.compose.project=${NAME}`;
    for (const what of [
      ["ps", "--all"],
      ["network", "ls"],
    ]) {
      const { stdout } = await lab.run("docker", [...what, "--quiet", "--filter", label]);
      assert.equal(stdout, "", what.join(" "));
    }
    assertOk(await lab.compose("--profile", "*", "down", "--volumes"));
    const { stdout } = await lab.run("docker", ["volume", "ls", "--quiet", "--filter", label]);
    assert.equal(stdout, "");
  });
});

function assertComplete(trial: Measurement): void {
  const name = `${trial.workload} ${trial.approach}`;
  assert.equal(trial.error, undefined, name);
  assert.ok(trial.requests > 0, name);
  assert.ok(trial.serverCpuMicrosPerRequest > 0, name);
  assert.ok(trial.startupMs > 0, name);
  assert.ok(trial.generatorCpuShare > 0, name);
  if (trial.approach === "postgres") assert.ok((trial.databaseCpuMicrosPerRequest ?? 0) > 0);
}
