// Colours. An approach has the same one everywhere; what is judged is green or red by the limits of the bench.
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type MatcherConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { colours } from "../lab/report/colours.ts";

/** Options of the fields that a matcher finds. */
export interface Override {
  matcher: MatcherConfig;
  properties: DynamicConfigValue[];
}

export const GOOD = "semi-dark-green";
export const DOUBTFUL = "semi-dark-orange";
export const BAD = "semi-dark-red";

/** Gives an approach without a colour of its own one that depends on its name alone. */
export const byNameColour = () => new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName);
/** Leaves the colour to the thresholds. */
export const judgedColour = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

const fixed = (colour: string): DynamicConfigValue => ({
  id: "color",
  value: { mode: "fixed", fixedColor: colour },
});

/** Paints series that are called as an approach is. */
export const approachOverrides: Override[] = Object.entries(colours).map(([name, colour]) => ({
  matcher: { id: "byName", options: name },
  properties: [fixed(colour)],
}));

/** Paints series by patterns of their names. */
export function paint(scheme: Readonly<Record<string, string>>): Override[] {
  return Object.entries(scheme).map(([pattern, colour]) => ({
    matcher: { id: "byRegexp", options: `/${pattern}/` },
    properties: [fixed(colour)],
  }));
}

/** Paints series whose names begin with that of an approach. */
export const approachPrefixOverrides = paint(
  Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`^${name} `, colour])),
);

/** Percentiles and the like of one approach: the worse, the redder. */
export const SPREAD = { "^(p50|median)": GOOD, "^p90": DOUBTFUL, "^(p99|worst)": BAD };

/** The approaches as cells of a table. */
export const approachMappings: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(colours).map(([name, color], index) => [name, { text: name, color, index }]),
    ),
  },
];

/** Colours from the lowest value on, each up to where the next begins. */
export interface Limits {
  readonly base: string;
  readonly steps: readonly (readonly [from: number, colour: string])[];
}

/** Good is only none. */
export const NONE_IS_GOOD: Limits = { base: GOOD, steps: [[1, BAD]] };

/** The limits as Grafana writes them. */
export function thresholdSteps({ base, steps }: Limits) {
  return [{ value: null, color: base }, ...steps.map(([value, color]) => ({ value, color }))];
}

/** The limits of a whole panel. */
export function thresholds(limits: Limits): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(thresholdSteps(limits));
}
