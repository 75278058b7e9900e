// One colour per approach, in every chart and dashboard.

/**
 * Colours of the approaches, as `#rrggbb`. An approach that is not here gets one where it is shown, by its name. Found by
 * searching for six that stand out from white and from Grafana's dark ground (3:1 and more) and are as far apart as can
 * be for the least favoured kind of sight; test/unit/colours.test.ts measures both.
 */
export const colours: Readonly<Record<string, string>> = {
  baseline: "#808080",
  linear: "#ff005c",
  map: "#329bc5",
  binary: "#986700",
  sqlite: "#5563af",
  postgres: "#d914ff",
};
