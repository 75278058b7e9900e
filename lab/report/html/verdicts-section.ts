// Who was the limit of each trial, and which trials met a noisy machine.
import { explainMixed } from "../../measure/ceiling.ts";
import type { Measurement } from "../../measure/measurement.ts";
import { findNoisyTrials } from "../../measure/noise.ts";
import {
  BUSY_SHARE,
  GENERATOR_MAX_SHARE,
  LITTLES_LAW_TOLERANCE,
  type Verdict,
} from "../../measure/verdict.ts";
import { NOISE_RULE } from "../precision.ts";
import { judgeUnderCeilings } from "../summary.ts";
import type { Column } from "../table.ts";
import { renderDataTable } from "./data-table.ts";
import { html, type Markup } from "./markup.ts";
import type { Subject } from "./subject.ts";
import { countThings, formatWhole } from "./words.ts";

const MEANINGS: Readonly<Record<Verdict, string>> = {
  "server-limited": "The service was busy and the load generator was not: the figures are the service's.",
  mixed:
    "Both were busy; or neither, and they waited for the machine, a disk or a lock; or the service was, near the " +
    "generator's ceiling. The table says which.",
  "client-limited": "The load generator was the limit: the service can do more.",
  unlimited: "Of an open load: nobody was busy.",
  invalid: "Something was wrong with the trial: it is in no figure.",
};
const VERDICTS = Object.keys(MEANINGS) as Verdict[];

/** Trials of one approach under one workload and load. */
interface VerdictRow {
  readonly size: number;
  readonly workload: string;
  readonly approach: string;
  readonly load: string;
  readonly trials: readonly Measurement[];
  readonly noisy: number;
}

/** Renders how many trials got each verdict. */
export function renderVerdicts(subjects: readonly Subject[]): Markup {
  const rows = subjects.flatMap(listRows);
  const trials = rows.reduce((sum, row) => sum + row.trials.length, 0);
  const noisy = rows.reduce((sum, row) => sum + row.noisy, 0);
  const met = VERDICTS.filter((verdict) => rows.some((row) => countOf(row, verdict) > 0));
  return html`<p>${countThings(trials, "trial")}; ${formatWhole(noisy)} met a noisy machine (${NOISE_RULE}). Noisy trials count: to
leave out what looks bad would be choosing.</p>
<dl class="meanings">${met.map((verdict) => html`<dt>${verdict}</dt><dd>${MEANINGS[verdict]}</dd>`)}</dl>
<p>A service is busy from ${BUSY_SHARE * 100} % of its core, a load generator from ${GENERATOR_MAX_SHARE * 100} %. Requests per
second times latency may miss the number of connections by ${LITTLES_LAW_TOLERANCE * 100} %.</p>
${renderDataTable("verdicts of the trials", columns, rows)}`;
}

function listRows({ run, size, workload }: Subject): VerdictRow[] {
  const noisy = findNoisyTrials(run.measurements);
  const open = run.measurements.filter((trial) => trial.workload === workload && trial.load === "open");
  const judged = [...judgeUnderCeilings(run.measurements, workload), ...open];
  const groups = Map.groupBy(judged, ({ approach, load, isAgain, generator }) =>
    [approach, load, isAgain ? `again, by ${generator}` : ""].filter(Boolean).join("\t"),
  );
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b, "en"))
    .map(([key, trials]) => {
      const [approach = "", ...load] = key.split("\t");
      return {
        size,
        workload,
        approach,
        load: load.join(" "),
        trials,
        noisy: trials.filter(({ trial }) => noisy.has(trial)).length,
      };
    });
}

function countOf({ trials }: VerdictRow, verdict: Verdict): number {
  return trials.filter((trial) => trial.verdict === verdict).length;
}

function formatCountOf(row: VerdictRow, verdict: Verdict): string {
  const count = countOf(row, verdict);
  if (count === 0) return "";
  if (verdict !== "mixed") return formatWhole(count);
  const kinds = Map.groupBy(
    row.trials.filter((trial) => trial.verdict === verdict),
    explainMixed,
  );
  return [...kinds].map(([kind, trials]) => `${formatWhole(trials.length)} ${kind}`).join(", ");
}

const columns: readonly Column<VerdictRow>[] = [
  { title: "approach", align: "left", cell: ({ approach }) => approach },
  { title: "workload", align: "left", cell: ({ workload }) => workload },
  { title: "load", align: "left", cell: ({ load }) => load },
  { title: "users", align: "right", cell: ({ size }) => formatWhole(size) },
  { title: "trials", align: "right", cell: ({ trials }) => formatWhole(trials.length) },
  ...VERDICTS.map(
    (verdict): Column<VerdictRow> => ({
      title: verdict,
      align: "right",
      cell: (row) => formatCountOf(row, verdict),
    }),
  ),
  { title: "noisy", align: "right", cell: ({ noisy }) => (noisy === 0 ? "" : formatWhole(noisy)) },
];
