// How a panel asks Prometheus.
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";

/** The uid that grafana/provisioning/datasources gives to Prometheus. */
export const DATASOURCE = { type: "prometheus", uid: "prometheus" };

/** A query, and what its series are called: `{{label}}` is replaced by the label. */
export interface Series {
  readonly expr: string;
  readonly legend: string;
}

/** A, B, C, … */
export const refId = (index: number) => String.fromCharCode("A".charCodeAt(0) + index);

function query({ expr, legend }: Series, index: number): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId(index)).datasource(DATASOURCE).expr(expr).legendFormat(legend);
}

/** Over the time that the page shows. */
export const rangeQuery = (series: Series, index: number) => query(series, index).range();
/** At the end of that time. */
export const instantQuery = (series: Series, index: number) => query(series, index).instant();

/** A query for a table: every label is a column. */
export function tableQuery(expr: string, index: number): DataqueryBuilder {
  return instantQuery({ expr, legend: "" }, index).format(PromQueryFormat.Table);
}

/** One series per approach. */
export function byApproach(expr: string): Series[] {
  return [{ expr, legend: "{{approach}}" }];
}
