import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Dashboard, GridPos, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { parser } from "@prometheus-io/lezer-promql";
import { parse } from "yaml";
import { renderPages } from "../../grafana/pages.ts";
import { BUSY_SHARE, GENERATOR_MAX_SHARE, LITTLES_LAW_TOLERANCE } from "../../lab/measure/verdict.ts";
import { colours } from "../../lab/report/colours.ts";
import { approaches } from "../../services/approaches/index.ts";
import {
  DASHBOARDS,
  dashboardQueries,
  panelsOf,
  rawQueriesOf,
  readDashboards,
  variablesIn,
} from "../helpers/dashboard-queries.ts";

const GRAFANA = join(DASHBOARDS, "..");
const pages = readDashboards();

/** Runs the same test on every page. */
function eachPage(name: string, check: (page: Dashboard) => void): void {
  test(name, () => pages.forEach(check));
}

/** Every value of a key, however deep it lies. */
function valuesOf(key: string, node: unknown): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => [
    ...(name === key ? [child] : []),
    ...valuesOf(key, child),
  ]);
}

describe("the committed dashboards", () => {
  test("are those that the code makes: `npm run dashboards` writes them", () => {
    const committed = readdirSync(DASHBOARDS).map((name) => [
      name,
      readFileSync(join(DASHBOARDS, name), "utf8"),
    ]);
    assert.deepEqual(Object.fromEntries(committed), Object.fromEntries(renderPages()));
  });

  test("have uids and titles of their own", () => {
    const uids = ["lab-in-depth", "lab-side-by-side", "lab-trust", "lab-writers"];
    assert.deepEqual(pages.map(({ uid }) => uid).sort(), uids);
    assert.equal(new Set(pages.map(({ title }) => title)).size, pages.length);
  });

  eachPage("are of the schema that file provisioning takes, tagged, and refresh", (page) => {
    assert.equal(page.schemaVersion, 42);
    assert.deepEqual([page.tags, page.refresh, page.timezone], [["lab"], "5s", "browser"]);
  });

  eachPage("link to each other", (page) => {
    const others = pages.flatMap(({ uid }) => (uid === page.uid ? [] : [`/d/${uid}`]));
    assert.deepEqual((page.links ?? []).map(({ url }) => url as string).sort(), others.sort());
  });
});

describe("panels", () => {
  eachPage("have ids of their own, rows too", (page) => {
    const ids = (page.panels ?? []).map(({ id }) => id);
    assert.ok(ids.every((id) => typeof id === "number" && id > 0));
    assert.equal(new Set(ids).size, ids.length);
  });

  const columnsOf = ({ x, w }: GridPos) => Array.from({ length: w }, (_, column) => x + column);
  const cellsOf = (place: GridPos) =>
    columnsOf(place).flatMap((x) => Array.from({ length: place.h }, (_, line) => `${x},${place.y + line}`));

  eachPage("lie within the 24 columns, none on another", (page) => {
    const places = (page.panels ?? []).map(({ gridPos }) => gridPos as GridPos);
    assert.ok(places.flatMap(columnsOf).every((column) => column >= 0 && column < 24));
    const cells = places.flatMap(cellsOf);
    assert.ok(cells.length > 0);
    assert.equal(new Set(cells).size, cells.length);
  });

  eachPage("say what they show, in what unit, and what to look for", (page) => {
    for (const { title, description, fieldConfig } of panelsOf(page)) {
      assert.ok(title, "a panel without a title");
      assert.match(description ?? "", /^\S.{30,}\.$/, `${title} says too little`);
      assert.ok(fieldConfig?.defaults.unit, `${title} has no unit`);
    }
  });

  eachPage("ask the datasource that is provisioned", (page) => {
    const [datasource] = parse(
      readFileSync(join(GRAFANA, "provisioning/datasources/prometheus.yml"), "utf8"),
    ).datasources;
    const asked = valuesOf("datasource", page);
    assert.ok(asked.length > panelsOf(page).length);
    for (const reference of asked)
      assert.deepEqual(reference, { type: datasource.type, uid: datasource.uid });
    const askers = [
      ...panelsOf(page).flatMap(({ targets }) => targets ?? []),
      ...(page.templating.list ?? []),
    ];
    assert.ok(askers.every((asker) => "datasource" in asker));
  });
});

describe("queries", () => {
  eachPage("use only variables that the page has", (page) => {
    const defined = (page.templating.list ?? []).map(({ name }) => name);
    for (const { where, expr } of rawQueriesOf(page))
      for (const name of variablesIn(expr)) assert.ok(defined.includes(name), `$${name} in ${where}`);
  });

  test("are PromQL", () => {
    const values = { run: "2026-11-21T09-00-00-10000", workload: "read", size: "10000", approach: "any" };
    for (const { where, expr } of dashboardQueries(values)) {
      assert.notEqual(expr, "", where);
      parser.parse(expr).iterate({
        enter: ({ type, from, to }) =>
          assert.ok(!type.isError, `${where}: ${expr.slice(from, to)} in ${expr}`),
      });
    }
  });

  eachPage("name no approach, so that a new one appears by its label", (page) => {
    const legends = valuesOf("legendFormat", page).map((legend) => ({
      where: page.uid,
      expr: String(legend),
    }));
    // A figure of an engine may begin with its name.
    for (const { where, expr } of [...rawQueriesOf(page), ...legends])
      for (const name of Object.keys(approaches))
        assert.doesNotMatch(expr, new RegExp(`(?<![a-zA-Z0-9])${name}(?![a-zA-Z0-9_])`), where);
  });
});

describe("colours", () => {
  test("are those of approaches that exist", () => {
    for (const name of Object.keys(colours)) assert.ok(name in approaches, name);
  });

  const byApproach = (panel: Panel) =>
    (panel.targets ?? []).some((target) =>
      (target as { legendFormat?: string }).legendFormat?.startsWith("{{approach}}"),
    );
  const isJudged = ({ fieldConfig }: Panel) => fieldConfig?.defaults.color?.mode === "thresholds";

  /** The colours that a panel gives to series which are called as an approach, or whose names begin so. */
  const coloursOf = ({ fieldConfig }: Panel, name: string) =>
    valuesOf(
      "fixedColor",
      fieldConfig?.overrides.filter(({ matcher }) => [name, `/^${name} /`].includes(matcher.options)),
    );

  eachPage("of an approach are the same wherever a series is one", (page) => {
    for (const panel of panelsOf(page).filter((panel) => byApproach(panel) && !isJudged(panel))) {
      assert.equal(panel.fieldConfig?.defaults.color?.mode, "palette-classic-by-name", panel.title);
      for (const [name, colour] of Object.entries(colours))
        assert.deepEqual(coloursOf(panel, name), [colour], `${name} in ${panel.title}`);
    }
  });

  test("that judge begin where the bench draws its limits", () => {
    const trust = pages.find(({ uid }) => uid === "lab-trust") as Dashboard;
    const limitsOf = (title: string) => {
      const panel = panelsOf(trust).find((panel) => panel.title?.startsWith(title));
      return panel?.fieldConfig?.defaults.thresholds?.steps.slice(1).map(({ value }) => value);
    };
    assert.deepEqual(limitsOf("The generator's CPU"), [GENERATOR_MAX_SHARE]);
    assert.deepEqual(limitsOf("The service's CPU"), [BUSY_SHARE]);
    assert.deepEqual(limitsOf("Little's law"), [1 - LITTLES_LAW_TOLERANCE, 1 + LITTLES_LAW_TOLERANCE]);
  });
});

describe("provisioning", () => {
  const read = (path: string) => parse(readFileSync(join(GRAFANA, "provisioning", path), "utf8"));

  test("has one datasource, which nobody can change on the page, at Prometheus's scrape interval", () => {
    const { apiVersion, datasources } = read("datasources/prometheus.yml");
    assert.deepEqual([apiVersion, datasources.length], [1, 1]);
    const [{ url, editable, isDefault, jsonData }] = datasources;
    assert.deepEqual([url, editable, isDefault], ["http://prometheus:9090", false, true]);
    const prometheus = parse(readFileSync(join(GRAFANA, "../prometheus/prometheus.yml"), "utf8"));
    assert.equal(jsonData.timeInterval, prometheus.global.scrape_interval);
  });

  test("takes the dashboards from one folder, and leaves them as they are", () => {
    const { apiVersion, providers } = read("dashboards/lab.yml");
    assert.deepEqual([apiVersion, providers.length], [1, 1]);
    const [{ type, allowUiUpdates, disableDeletion, options }] = providers;
    assert.deepEqual([type, allowUiUpdates, disableDeletion], ["file", false, true]);
    assert.equal(options.path, "/etc/grafana/dashboards");
    assert.ok(existsSync(join(DASHBOARDS, "lab-side-by-side.json")), "the home page");
  });
});
