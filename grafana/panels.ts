// The kinds of panel that the dashboards are made of. Each says what it shows, in what unit, and what to look for.
import { PanelBuilder as BarGaugePanel } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  BarGaugeDisplayMode,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import type { ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import {
  approachOverrides,
  byNameColour,
  judgedColour,
  type Limits,
  type Override,
  thresholds,
} from "./paint.ts";
import { DATASOURCE, instantQuery, rangeQuery, type Series } from "./targets.ts";

/** What every panel says of itself. */
export interface PanelText {
  readonly title: string;
  /** What to look for. */
  readonly description: string;
  /** A unit of Grafana: s, bytes, reqps, percentunit, short, none. */
  readonly unit: string;
  /** What stands there while there is nothing to show. */
  readonly noValue?: string;
}

export interface LineOptions {
  readonly isLog?: boolean;
  readonly overrides?: Override[];
}

/** Lines over time. Series are painted by approach unless there is another scheme. */
export function lines(
  text: PanelText,
  series: readonly Series[],
  { isLog = false, overrides = approachOverrides }: LineOptions = {},
): TimeseriesPanel {
  const scale = new ScaleDistributionConfigBuilder();
  if (isLog) scale.type(ScaleDistribution.Log).log(10);
  else scale.type(ScaleDistribution.Linear);
  const panel = new TimeseriesPanel()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(DATASOURCE)
    .targets(series.map(rangeQuery))
    .colorScheme(byNameColour())
    .overrides(overrides)
    .lineWidth(2)
    .fillOpacity(0)
    // A single point, as of a short trial, has no line.
    .showPoints(VisibilityMode.Auto)
    .scaleDistribution(scale)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (!isLog) panel.min(0);
  if (text.noValue !== undefined) panel.noValue(text.noValue);
  return panel;
}

const lastValue = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false);

/** One bar per series, as it was last. Painted by approach, or by limits. */
export function bars(text: PanelText, series: readonly Series[], limits?: Limits): BarGaugePanel {
  const panel = new BarGaugePanel()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .noValue(text.noValue ?? "no trial has ended yet")
    .datasource(DATASOURCE)
    .targets(series.map(instantQuery))
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Color)
    .reduceOptions(lastValue())
    .min(0);
  if (limits) return panel.colorScheme(judgedColour()).thresholds(thresholds(limits));
  return panel.colorScheme(byNameColour()).overrides(approachOverrides);
}

/** Words or large numbers on a coloured ground. */
export function stat(
  text: PanelText,
  series: readonly Series[],
  options: {
    mappings?: ValueMapping[];
    limits?: Limits;
    overrides?: Override[];
  },
): StatPanel {
  const panel = new StatPanel()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .noValue(text.noValue ?? "no trial has ended yet")
    .datasource(DATASOURCE)
    .targets(series.map(instantQuery))
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.ValueAndName)
    .reduceOptions(lastValue())
    .overrides(options.overrides ?? []);
  if (options.mappings) panel.mappings(options.mappings);
  if (options.limits) return panel.colorScheme(judgedColour()).thresholds(thresholds(options.limits));
  return panel.colorScheme(byNameColour());
}
