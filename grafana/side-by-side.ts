// The home page: all approaches under the same load, and whether the figures are theirs.

import { DASHBOARD_UID } from "../lab/report/dashboards.ts";
import { banner, running } from "./banner.ts";
import { ofTheTrials } from "./ended-trials.ts";
import { buildPage, runVariable, sizeVariable, workloadVariable } from "./page.ts";
import { CHOSEN } from "./queries.ts";
import { besideTheLessons, results } from "./results.ts";
import { health, latencies, overTime } from "./running-trials.ts";

/** Builds the page. */
export function buildSideBySide() {
  return buildPage({
    uid: DASHBOARD_UID,
    description: "The same load on every approach: what each gives, and whether the figures are its own.",
    variables: [runVariable(), workloadVariable().current({ text: "read", value: "read" }), sizeVariable()],
    markedTrials: CHOSEN,
    sections: [
      {
        lines: [
          { height: 5, panels: [banner] },
          { height: 3, panels: [running] },
        ],
      },
      {
        title: "The trials that have ended",
        lines: [
          { height: 9, panels: ofTheTrials },
          { height: 8, panels: [besideTheLessons] },
          { height: 8, panels: [results] },
        ],
      },
      {
        title: "While it runs",
        lines: [
          { height: 8, panels: overTime },
          { height: 8, panels: latencies.map(({ generator }) => generator) },
          { height: 8, panels: latencies.map(({ service }) => service) },
          { height: 8, panels: health },
        ],
      },
    ],
  });
}
