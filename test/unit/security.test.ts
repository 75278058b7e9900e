// SECURITY.md against the files it speaks of.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { approaches } from "../../services/approaches/index.ts";
import { parseConfig } from "../../services/config.ts";

const read = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");
const page = read("SECURITY.md");
const { services, networks } = parse(read("docker-compose.yml"), { merge: true });
const { dependencies } = JSON.parse(read("package.json"));
const ofApproaches = Object.keys(services).filter((name) => services[name].image?.endsWith("-service"));

/** The stages of the Dockerfile by name. */
const stages = Object.fromEntries(
  read("Dockerfile")
    .split(/^FROM /m)
    .slice(1)
    .map((text) => [/^\S+ AS (\S+)/.exec(text)?.[1], text]),
);

describe("SECURITY.md is right that", () => {
  test("ports are published on the loopback address only, and the database's network is internal", () => {
    for (const { ports = [] } of Object.values<{ ports?: string[] }>(services))
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
    assert.equal(networks.database.internal, true);
    assert.deepEqual(services["postgres-server"].networks, ["database"]);
  });

  test("a service that is a plain process listens on the loopback address", () => {
    assert.equal(parseConfig({ APPROACH: "map" }, approaches).HOST, "127.0.0.1");
    assert.match(read("lab/targets/postgres-server.ts"), /listen_addresses=\$\{HOST\}/);
  });

  test("services run as node, read-only, without capabilities or new privileges, in limited memory", () => {
    assert.ok(ofApproaches.length >= 11);
    for (const name of ofApproaches) {
      const { read_only, cap_drop, security_opt, tmpfs, volumes, mem_limit, image, user, privileged } =
        services[name];
      assert.deepEqual(
        [read_only, cap_drop, tmpfs, volumes],
        [true, ["ALL"], ["/tmp"], ["data:/data"]],
        name,
      );
      assert.deepEqual(security_opt, ["no-new-privileges:true"]);
      assert.ok(mem_limit && image.endsWith("-service"));
      assert.deepEqual([user, privileged], [undefined, undefined]);
    }
    assert.match(stages.service ?? "", /^USER node$/m);
  });

  test("images are pinned, all but k6's by digest", () => {
    const images = [...read(".env").matchAll(/^(\w+)_IMAGE=(.+)$/gm)].map(
      ([, name, image]) => [name, image] as const,
    );
    assert.ok(images.length >= 5);
    for (const [name, image] of images) {
      assert.match(image as string, /:v?\d+\.\d+/);
      assert.equal(/@sha256:[0-9a-f]{64}$/.test(image as string), name !== "K6", name);
    }
  });

  test("dependencies are pinned, with their hashes, and installed without scripts in the images", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Record<string, { integrity?: string }>;
    };
    for (const [name, { integrity }] of Object.entries(packages)) if (name !== "") assert.ok(integrity, name);
    for (const line of read("Dockerfile").match(/npm ci .*/g) ?? []) assert.match(line, /--ignore-scripts/);
  });

  test("a service's image has only what a service needs", () => {
    const named = /only what\s+a service needs: (.*)\./.exec(page)?.[1]?.match(/`[^`]+`/g);
    assert.deepEqual(
      named?.map((name) => name.slice(1, -1)).toSorted(),
      Object.keys(dependencies).toSorted(),
    );
    assert.match(stages["service-dependencies"] ?? "", /npm ci --omit=dev/);
    assert.equal((stages.service ?? "").match(/^COPY /gm)?.length, 2);
  });

  test("dependencies are audited where the lab is checked", () => {
    assert.ok(existsSync(join(import.meta.dirname, "../../.ci/audit")));
    for (const file of [".ci/run", ".github/workflows/lab.yml"]) assert.match(read(file), /\.ci\/audit/);
  });

  test("Grafana tells nobody, asks nobody, and lets nobody sign in", () => {
    const { environment } = services.grafana;
    assert.equal(environment.GF_ANALYTICS_REPORTING_ENABLED, "false");
    assert.equal(environment.GF_AUTH_ANONYMOUS_ORG_ROLE, "Viewer");
    assert.equal(environment.GF_AUTH_DISABLE_LOGIN_FORM, "true");
  });

  test("those containers have the engine's socket that it names, as root, and no others", () => {
    const withSocket = Object.keys(services).filter((name) =>
      (services[name].volumes ?? []).some(
        (volume: { target?: string }) => volume.target === "/var/run/docker.sock",
      ),
    );
    const named = /bench's containers \(([^)]*)\)/.exec(page)?.[1]?.match(/`[^`]+`/g);
    assert.deepEqual(named?.map((name) => name.slice(1, -1)).toSorted(), withSocket.toSorted());
    for (const name of withSocket)
      assert.ok(services[name].image.endsWith("-bench") && services[name].user === undefined);
    assert.doesNotMatch(stages.bench ?? "", /^USER /m);
  });

  test("PostgreSQL's password in the containers is lab", () => {
    assert.equal(services["postgres-server"].environment.POSTGRES_PASSWORD, "lab");
  });

  test("PostgreSQL, Prometheus and Grafana can write to their own file systems", () => {
    for (const name of ["postgres-server", "prometheus", "grafana"])
      assert.equal(services[name].read_only, undefined);
  });
});
