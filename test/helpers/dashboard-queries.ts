// Every query of the committed dashboards, as Grafana would send it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";

export const DASHBOARDS = join(import.meta.dirname, "../../grafana/dashboards");

/** What Grafana itself puts in, with values that suit a short look. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __rate_interval: "5s",
  __interval: "1s",
  __range: "900s",
};
/** `$name` and `${name}`; also what Grafana fills in a legend has no dollar. */
const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

export interface DashboardQuery {
  /** Page and panel, variable or annotation. */
  readonly where: string;
  readonly kind: "panel" | "variable" | "annotation";
  /** PromQL; of a variable, the series whose labels it lists. */
  readonly expr: string;
  /** Whether it asks for one moment, the end of the page's time, and not for a range. */
  readonly isInstant: boolean;
}

/** Reads the committed dashboards. */
export function readDashboards(): Dashboard[] {
  return readdirSync(DASHBOARDS)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(DASHBOARDS, name), "utf8")) as Dashboard);
}

/** The panels of a page, without its rows. */
export function panelsOf({ panels }: Dashboard): Panel[] {
  return (panels ?? []).filter((panel: Panel | RowPanel) => panel.type !== "row") as Panel[];
}

/** Returns the queries of a page as they are written, with their variables. */
export function rawQueriesOf(page: Dashboard): DashboardQuery[] {
  const panels = panelsOf(page).flatMap((panel) =>
    ((panel.targets ?? []) as Dataquery[]).map((target) => ({
      where: `${page.uid}: ${panel.title} ${target.refId}`,
      kind: "panel" as const,
      expr: target.expr,
      isInstant: target.instant === true,
    })),
  );
  const variables = (page.templating.list ?? []).map(({ name, query }) => ({
    where: `${page.uid}: variable ${name}`,
    kind: "variable" as const,
    expr: seriesOfLabelValues((query as { query: string }).query),
    isInstant: false,
  }));
  const annotations = (page.annotations.list ?? []).map(({ name, expr }) => ({
    where: `${page.uid}: annotation ${name}`,
    kind: "annotation" as const,
    expr: expr ?? "",
    isInstant: false,
  }));
  return [...panels, ...variables, ...annotations];
}

function seriesOfLabelValues(query: string): string {
  const series = /^label_values\((.+), \w+\)$/.exec(query)?.[1];
  if (series === undefined) throw new Error(`not a query of label values: ${query}`);
  return series;
}

/** The names of the variables in a query; not those that Grafana itself puts in. */
export function variablesIn(expr: string): string[] {
  return [...expr.matchAll(VARIABLE)]
    .map(([, braced, bare]) => (braced ?? bare) as string)
    .filter((name) => !(name in BUILT_IN));
}

/** Puts values in the place of variables. @throws Error for a variable without a value */
export function substitute(expr: string, values: Readonly<Record<string, string>>): string {
  return expr.replaceAll(VARIABLE, (_, braced, bare) => {
    const name: string = braced ?? bare;
    const value = values[name] ?? BUILT_IN[name];
    if (value === undefined) throw new Error(`no value for $${name} in ${expr}`);
    return value;
  });
}

/** Returns every query of every dashboard, ready for Prometheus. Values of `__range` and the like may be given too. */
export function dashboardQueries(values: Readonly<Record<string, string>>): DashboardQuery[] {
  return readDashboards()
    .flatMap(rawQueriesOf)
    .map((query) => ({ ...query, expr: substitute(query.expr, values) }));
}
