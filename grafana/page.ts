// What every page has in common: the frame, the way to the other pages, where the panels lie, where trials begin.
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type GridPos,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DASHBOARD_UID } from "../lab/report/dashboards.ts";
import { DATASOURCE } from "./targets.ts";

const PAGES = [
  { uid: DASHBOARD_UID, title: "Approaches side by side" },
  { uid: "lab-in-depth", title: "One approach in depth" },
  { uid: "lab-trust", title: "Can I trust this run" },
  { uid: "lab-writers", title: "Concurrent writers" },
] as const;

/** Grafana's grid has 24 columns; a row's title takes one line of it. */
const COLUMNS = 24;

type PlacedPanel = Builder<Panel> & { id(id: number): PlacedPanel; gridPos(position: GridPos): PlacedPanel };

/** Panels beside each other, all of one height, which share the width equally. */
export interface Line {
  readonly height: number;
  readonly panels: readonly PlacedPanel[];
}

/** Lines under a title; the first section of a page may have none. */
export interface Section {
  readonly title?: string;
  readonly lines: readonly Line[];
}

/** What is particular to a page. */
export interface PageContent {
  readonly uid: (typeof PAGES)[number]["uid"];
  readonly description: string;
  readonly variables: readonly QueryVariableBuilder[];
  /** Which trials' beginnings are marked, as labels. */
  readonly markedTrials: string;
  readonly sections: readonly Section[];
}

/** A variable whose values are those of a label. */
export function labelVariable(name: string, series: string, sort: VariableSort): QueryVariableBuilder {
  const query = `label_values(${series}, ${name})`;
  return new QueryVariableBuilder(name)
    .datasource(DATASOURCE)
    .query({ query, refId: "PrometheusVariableQueryEditor-VariableQuery" })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(sort)
    .multi(false)
    .includeAll(false);
}

/** The run, newest first: its name begins with the time. */
export const runVariable = () =>
  labelVariable("run", "lab_run_info", VariableSort.AlphabeticalDesc).description("Newest first.");

/** The workloads and sizes of the chosen run. */
export const workloadVariable = () =>
  labelVariable("workload", `lab_trial_started_seconds{run="$run"}`, VariableSort.AlphabeticalAsc);
export const sizeVariable = () =>
  labelVariable("size", `lab_trial_started_seconds{run="$run"}`, VariableSort.NumericalAsc).description(
    "Users in the data.",
  );

function linksFrom(uid: string): DashboardLinkBuilder[] {
  return PAGES.filter((page) => page.uid !== uid).map((page) =>
    new DashboardLinkBuilder(page.title)
      .type(DashboardLinkType.Link)
      .url(`/d/${page.uid}`)
      .icon("dashboard")
      .keepTime(true)
      .includeVars(true),
  );
}

function markTrials(labels: string) {
  return new AnnotationQueryBuilder()
    .name("Trials begin")
    .datasource(DATASOURCE)
    .enable(true)
    .hide(false)
    .iconColor("blue")
    .expr(`lab_trial_started_seconds{${labels}} * 1000`)
    .step("5s")
    .titleFormat("{{approach}} {{workload}}")
    .textFormat("trial {{trial}}, {{size}} users")
    .tagKeys("approach,workload")
    .useValueForTime(true);
}

/** Builds a page: panels get their ids and places in the order in which they are given. */
export function buildPage(content: PageContent): Dashboard {
  const page = PAGES.find(({ uid }) => uid === content.uid) as (typeof PAGES)[number];
  const dashboard = new DashboardBuilder(page.title)
    .uid(page.uid)
    .description(content.description)
    .tags(["lab"])
    .readonly()
    .timezone("browser")
    .time({ from: "now-15m", to: "now" })
    .refresh("5s")
    .tooltip(DashboardCursorSync.Crosshair)
    .links(linksFrom(page.uid))
    .variables([...content.variables])
    .annotations([markTrials(content.markedTrials)]);
  let [id, y] = [1, 0];
  for (const { title, lines } of content.sections) {
    if (title !== undefined)
      dashboard.withRow(new RowBuilder(title).id(id++).gridPos({ x: 0, y: y++, w: COLUMNS, h: 1 }));
    for (const { height: h, panels } of lines) {
      const w = Math.floor(COLUMNS / panels.length);
      for (const [index, panel] of panels.entries())
        dashboard.withPanel(panel.id(id++).gridPos({ x: index * w, y, w, h }));
      y += h;
    }
  }
  const built = dashboard.build();
  // The SDK hides links and annotations in a menu by default.
  for (const item of [...(built.links ?? []), ...(built.annotations.list ?? [])]) delete item.placement;
  return built;
}
