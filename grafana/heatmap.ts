// Durations over time, bucket by bucket.
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapPanel,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import type { PanelText } from "./panels.ts";
import { DATASOURCE, rangeQuery } from "./targets.ts";

/** How many requests fell into each bucket, over time. */
export function heatmap(text: PanelText, expr: string): HeatmapPanel {
  return new HeatmapPanel()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(DATASOURCE)
    .withTarget(rangeQuery({ expr, legend: "{{le}}" }, 0).format(PromQueryFormat.Heatmap))
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit("s"))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Viridis").steps(64))
    .cellGap(1);
}
