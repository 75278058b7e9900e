// The Compose file against what the code knows: without an engine.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { VARIANT_SERVICE } from "../../lab/data/current-data.ts";
import { benchCommand } from "../../scripts/bench-options.ts";
import { lessonCommand } from "../../scripts/lesson-options.ts";
import { writersCommand } from "../../scripts/writers-options.ts";
import { mainRows, rows } from "../helpers/stores.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");
const text = read("docker-compose.yml");
const { services } = parse(text, { merge: true });
const seconds = Object.keys(services).filter((name) => name.endsWith("-2"));
const defaults = new Map(
  read(".env")
    .split("\n")
    .flatMap((line) => [/^(\w+)=(.*)$/.exec(line)?.slice(1) as [string, string]])
    .filter(Boolean),
);

describe("the Compose file", () => {
  test("has a service for every approach, alike but for its name, its data and its port", () => {
    const common = mainRows.map(([name]) => {
      const { environment, ports, networks, build, pull_policy, ...rest } = services[name];
      assert.equal(environment.APPROACH, name);
      assert.deepEqual(ports, [`127.0.0.1:\${${name.toUpperCase()}_PORT}:8081`]);
      assert.ok(networks.includes("lab"));
      return rest;
    });
    for (const service of common) assert.deepEqual(service, common[0]);
  });

  test("has one service more for approaches without their own, like those but that it is told which it is", () => {
    const { environment, networks, profiles, ...rest } = services[VARIANT_SERVICE];
    const { environment: ofPostgres, ports, networks: alsoDatabase, ...common } = services.postgres;
    const { APPROACH, DATABASE_URL_FILE, ...same } = ofPostgres;
    assert.deepEqual(rest, common);
    assert.deepEqual(networks, alsoDatabase);
    assert.deepEqual(environment, {
      ...same,
      DATA_DIR: `/data/current/${VARIANT_SERVICE}`,
      DATABASE_URL_FILE: `/data/current/${VARIANT_SERVICE}.database-url`,
    });
    // Nobody starts it but the bench: without an approach it could only fail.
    assert.deepEqual(profiles, ["variant"]);
    for (const [name, { depends_on = {} }] of Object.entries<{ depends_on?: object }>(services))
      assert.ok(!(VARIANT_SERVICE in depends_on), name);
    for (const [name] of rows) assert.notEqual(name, VARIANT_SERVICE);
  });

  test("has second processes on the data of the first, alike but for their ports, where the profile is asked for", () => {
    const names = seconds.map((name) => name.replace(/-2$/, ""));
    assert.deepEqual(names, ["linear", "map", "sqlite", "postgres"]);
    for (const name of names) {
      const [first, second] = [name, `${name}-2`].map((service) => {
        const { ports, profiles, ...rest } = services[service];
        return { ports, profiles, rest };
      });
      assert.deepEqual([first?.profiles, second?.profiles], [undefined, ["writers"]]);
      assert.deepEqual(second?.rest, first?.rest, name);
      const variable = `${name.toUpperCase()}_2_PORT`;
      assert.deepEqual(second?.ports, [`127.0.0.1:\${${variable}}:8081`]);
      assert.equal(Number(defaults.get(variable)), Number(defaults.get(`${name.toUpperCase()}_PORT`)) + 10);
    }
    assert.deepEqual(
      Object.keys(services).filter((name) => services[name].profiles?.includes("writers")),
      seconds,
    );
  });

  test("has all of them watched by Prometheus, and waited for by the bench", () => {
    const { scrape_configs } = parse(read("prometheus/prometheus.yml"), { merge: true });
    const targets = scrape_configs[0].static_configs[0].targets;
    const second = scrape_configs[1].static_configs[0].targets;
    assert.deepEqual(
      second,
      seconds.map((name) => `${name}:8081`),
    );
    for (const { relabel_configs } of scrape_configs.slice(0, 2)) {
      const [{ regex, target_label }] = relabel_configs;
      const approachOf = (target: string) => new RegExp(`^(?:${regex})$`).exec(target)?.[1];
      assert.equal(target_label, "approach");
      assert.deepEqual(["map:8081", "map-2:8081"].map(approachOf), ["map", "map"]);
    }
    assert.deepEqual(scrape_configs[0].file_sd_configs, [{ files: ["/data/watched-services.json"] }]);
    assert.ok(services.prometheus.volumes.includes("data:/data:ro,nocopy"));
    assert.deepEqual(targets.sort(), mainRows.map(([name]) => `${name}:8081`).sort());
    for (const [name] of mainRows) assert.ok(name in services.k6.depends_on, name);
  });

  test("publishes ports on this machine alone, and the database's not at all", () => {
    for (const [name, { ports = [] }] of Object.entries<{ ports?: string[] }>(services)) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\$\{\w+\}:\d+$/, name);
    }
    assert.equal(services["postgres-server"].ports, undefined);
  });

  test("takes every image and default from .env", () => {
    const own = "COMPOSE_PROJECT_NAME";
    for (const [, name] of text.matchAll(/\$\{(\w+)\}/g))
      assert.ok(name === own || defaults.has(name as string), name);
    for (const [name, { image }] of Object.entries<{ image: string }>(services)) {
      assert.match(image, /^\$\{(\w+_IMAGE\}|COMPOSE_PROJECT_NAME\}-(service|bench))$/, name);
    }
    for (const [name, image] of defaults) {
      if (name.endsWith("_IMAGE")) assert.match(image, /:v?\d+\.\d+/, name);
    }
  });

  test("lets make bench set what the bench takes from the environment", () => {
    const variables = benchCommand.options.flatMap(({ envVar }) => envVar ?? []);
    const place = ["MODE", "DATA_FOLDER", "METRICS_PORT", "DATABASE_SERVER_URL", "DASHBOARDS"];
    const ofProcesses = ["APPROACHES_PATH", "BURN", "DATA", "KEY"];
    const fixed = [...place, ...ofProcesses, "SIZE"];
    for (const name of variables.filter((name) => !fixed.includes(name))) {
      assert.equal(services.bench.environment[name], null, name);
    }
  });

  test("lets make writers set what the experiment takes from the environment", () => {
    const variables = writersCommand.options.flatMap(({ envVar }) => envVar ?? []);
    const fixed = ["DATA_FOLDER", "DATABASE_SERVER_URL", "APPROACHES_PATH", "OUT", "SIZE"];
    for (const name of variables.filter((name) => !fixed.includes(name))) {
      assert.equal(services.writers.environment[name], null, name);
    }
  });

  test("lets make lesson set what a lesson takes from the environment", () => {
    const variables = lessonCommand.options.flatMap(({ envVar }) => envVar ?? []);
    const fixed = ["MODE", "DATA_FOLDER", "DATABASE_SERVER_URL"];
    for (const name of variables.filter((name) => !fixed.includes(name))) {
      assert.equal(services.lesson.environment[name], null, name);
    }
  });
});
