// report.html: what the runs say, as one page that needs nothing else. docs/decisions/0013-charts.md says how it is drawn.
import type { Claim } from "../../lesson/claim.ts";
import { findNoisyTrials } from "../../measure/noise.ts";
import type { RunData } from "../../measure/results.ts";
import type { Section as WritersSection } from "../../writers/section.ts";
import { listCaveats } from "../caveats.ts";
import { renderPrecisionGoal } from "../precision-goal.ts";
import { VARIANTS_TITLE } from "../variants.ts";
import { writeAnswer } from "./answer.ts";
import { type ApproachMarks, markApproaches } from "./approach-marks.ts";
import { renderClaims } from "./claims-section.ts";
import { renderComparisonFigure } from "./comparison-section.ts";
import { renderCostFigure } from "./cost-section.ts";
import { renderAllCounts } from "./counts-section.ts";
import { type DocumentSection, renderDocument } from "./document.ts";
import { renderEnvironments } from "./environment-section.ts";
import { median, memory, startup, throughput } from "./growth.ts";
import { renderGrowth } from "./growth-section.ts";
import { renderLatencies } from "./latency-section.ts";
import { html, type Markup } from "./markup.ts";
import { renderOpen } from "./open-section.ts";
import { renderPublished } from "./published-section.ts";
import { renderReading } from "./reading-section.ts";
import { listSubjects, type Subject } from "./subject.ts";
import { renderVariants } from "./variants-section.ts";
import { renderVerdicts } from "./verdicts-section.ts";
import { formatWhole, joinWords } from "./words.ts";
import { renderWriters } from "./writers-page.ts";

export interface Report {
  /** One run, or one per size of the same approaches; blocks with the same number were then measured after each other. */
  readonly runs: readonly RunData[];
  /** Of the lessons, as far as they were checked; empty when they were not. */
  readonly claims: readonly Claim[];
  /** What there is to show of an experiment with several writers; absent where there was none. */
  readonly writers?: readonly WritersSection[];
  /** The same of the crash experiments. */
  readonly crash?: readonly WritersSection[];
}

/** Renders the page. Pure: the same data gives the same text. */
export function renderHtml(report: Report): string {
  const { claims, writers, crash } = report;
  const runs = report.runs.toSorted((a, b) => a.environment.size - b.environment.size);
  const subjects = listSubjects(runs);
  const marks = markApproaches(
    runs.flatMap(({ measurements }) => measurements.map(({ approach }) => approach)),
  );
  const sections = listSections(subjects, marks, {
    ...{ runs, claims },
    ...(writers && { writers }),
    ...(crash && { crash }),
  });
  const [lead, ...sentences] = writeAnswer(subjects);
  return renderDocument({
    title: `Do you need a database? ${writeConditions(runs)}`,
    heading: "Do you need a database?",
    conditions: writeConditions(runs),
    answer: html`<p class="lead">${lead ?? ""}</p>
${sentences.map((sentence) => html`<p>${sentence}</p>`)}
${renderCaveats(runs)}`,
    sections,
    footer: `${joinWords(runs.map(({ environment }) => environment.run))}. Made from the data of the run alone.`,
  });
}

function listSections(
  subjects: readonly Subject[],
  marks: ApproachMarks,
  { runs, claims, writers, crash }: Report,
): DocumentSection[] {
  const good = subjects.filter(({ own }) => own.length > 0);
  const open = subjects.filter((subject) => subject.open.length > 0);
  const variants = renderVariants(runs);
  const each = (of: readonly Subject[], render: (subject: Subject) => Markup) =>
    html`${of.map(
      (subject) => html`<h3>${nameHeading(subject, runs)}</h3>
${render(subject)}
`,
    )}`;
  return [
    {
      id: "throughput",
      title: "How many requests a second",
      content: each(subjects, (subject) => renderComparisonFigure(subject, marks)),
    },
    { id: "growth", title: "With more users", content: renderAgainstSize(good, marks) },
    {
      id: "latency",
      title: "How long a request takes",
      content: each(good, (subject) => renderLatencies(subject, marks)),
    },
    ...(open.length === 0
      ? []
      : [
          {
            id: "open",
            title: "At a constant rate",
            content: each(open, (subject) => renderOpen(subject, marks)),
          },
        ]),
    { id: "cost", title: "What a request costs", content: each(good, renderCostFigure) },
    ...(variants === null ? [] : [{ id: "variants", title: VARIANTS_TITLE, content: variants }]),
    { id: "counts", title: "What a request does", content: renderAllCounts(runs) },
    { id: "published", title: "The lessons' figures", content: renderPublished(subjects) },
    ...(writers === undefined
      ? []
      : [{ id: "writers", title: "Several processes over one store", content: renderWriters(writers) }]),
    ...(crash === undefined ? [] : [{ id: "crash", title: "What survives", content: renderWriters(crash) }]),
    { id: "claims", title: "What the lessons claim", content: renderClaims(claims) },
    { id: "verdicts", title: "Who was the limit", content: renderVerdicts(subjects) },
    { id: "environment", title: "Where and how", content: renderEnvironments(runs) },
    { id: "reading", title: "How to read this", content: renderReading() },
  ];
}

/** Each workload that was measured at several sizes; memory and start under the first of them, which they depend on little. */
function renderAgainstSize(subjects: readonly Subject[], marks: ApproachMarks): Markup {
  const grown = [...Map.groupBy(subjects, ({ workload }) => workload).values()].filter((of) => of.length > 1);
  const [first] = grown;
  if (first === undefined)
    return html`<p>Measured at one size only. <code>make lesson</code> measures three, and shows requests per second, latency,
memory and time to start against size.</p>`;
  return html`${grown.map((of) => [throughput, median].map((figure) => renderGrowth(figure, of, marks)))}
${[memory, startup].map((figure) => renderGrowth(figure, first, marks))}`;
}

function nameHeading({ size, workload, description }: Subject, runs: readonly RunData[]): string {
  const users = runs.length > 1 ? `${formatWhole(size)} users, ` : "";
  return `${users}${workload}: ${description}`;
}

/** "10,000 users, 50 connections, AMD EPYC, 2 cores, 2026-11-21". */
function writeConditions(runs: readonly RunData[]): string {
  const [first] = runs;
  if (first === undefined) return "No run";
  const { connections, machine, startedAt } = first.environment;
  const sizes = runs.map(({ environment }) => environment.size);
  return [
    `${joinWords(sizes.map(formatWhole))} users`,
    `${connections} connections`,
    machine.cpu,
    `${machine.cores} cores`,
    startedAt.slice(0, 10),
  ].join(" · ");
}

function renderCaveats(runs: readonly RunData[]): Markup {
  const trials = runs.flatMap(({ measurements }) => measurements);
  const noisy = runs.reduce((sum, { measurements }) => sum + findNoisyTrials(measurements).size, 0);
  const failed = trials.filter(({ error }) => error !== undefined).length;
  const caveats = [
    ...listCaveats(runs),
    ...runs.flatMap(({ environment, measurements }) => renderPrecisionGoal(environment, measurements)),
    ...(noisy > 0
      ? [`${formatWhole(noisy)} of ${formatWhole(trials.length)} trials met a noisy machine; they count.`]
      : []),
    ...(failed > 0
      ? [`${formatWhole(failed)} of ${formatWhole(trials.length)} trials failed and are in no figure.`]
      : []),
  ];
  if (caveats.length === 0) return html``;
  return html`<ul class="caveats">${caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`;
}
