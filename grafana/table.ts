// Tables: a row per combination of labels, a column per label or query.
import {
  type DynamicConfigValue,
  type MatcherConfig,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { approachMappings, type Limits, type Override, thresholdSteps } from "./paint.ts";
import type { PanelText } from "./panels.ts";
import { DATASOURCE, refId, tableQuery } from "./targets.ts";

/** A column is a label of the queries' series, or the value of a query. */
export interface Column {
  readonly name: string;
  readonly label?: string;
  readonly expr?: string;
  readonly unit?: string;
  /** Colours by value. */
  readonly limits?: Limits;
  readonly mappings?: ValueMapping[];
  /** For a query that is there for its labels. */
  readonly isHidden?: boolean;
}

/** The column of approaches, in their colours. */
export const APPROACH_COLUMN: Column = { name: "approach", label: "approach", mappings: approachMappings };

function propertiesOf({ unit, limits, mappings }: Column): DynamicConfigValue[] {
  const cell = (type: string) => ({ id: "custom.cellOptions", value: { type } });
  return [
    ...(unit === undefined ? [] : [{ id: "unit", value: unit }]),
    ...(limits === undefined
      ? []
      : [
          { id: "thresholds", value: { mode: ThresholdsMode.Absolute, steps: thresholdSteps(limits) } },
          { id: "color", value: { mode: "thresholds" } },
          cell("color-text"),
        ]),
    ...(mappings === undefined ? [] : [{ id: "mappings", value: mappings }, cell("color-text")]),
  ];
}

/** A table whose queries give one value per combination of the label columns. */
export function table(text: PanelText, columns: readonly Column[], sortedBy: string): TablePanel {
  const asked = columns.filter((column) => column.expr !== undefined);
  // Grafana calls the value of query A "Value #A".
  const fieldOf = (column: Column) => column.label ?? `Value #${refId(asked.indexOf(column))}`;
  const shown = columns.filter((column) => !column.isHidden);
  const hidden = columns.filter((column) => column.isHidden).map(fieldOf);
  const overrides: Override[] = shown.flatMap((column) => {
    const matcher: MatcherConfig = { id: "byName", options: column.name };
    const properties = propertiesOf(column);
    return properties.length === 0 ? [] : [{ matcher, properties }];
  });
  return new TablePanel()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .noValue(text.noValue ?? "")
    .datasource(DATASOURCE)
    .targets(asked.map(({ expr }, index) => tableQuery(expr as string, index)))
    .transformations([
      { id: "merge", options: {} },
      {
        id: "organize",
        options: {
          excludeByName: Object.fromEntries(["Time", ...hidden].map((field) => [field, true])),
          indexByName: Object.fromEntries(shown.map((column, index) => [fieldOf(column), index])),
          renameByName: Object.fromEntries(shown.map((column) => [fieldOf(column), column.name])),
        },
      },
      { id: "sortBy", options: { sort: [{ field: sortedBy }] } },
    ])
    .overrides(overrides);
}
