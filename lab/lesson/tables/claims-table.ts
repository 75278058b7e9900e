// The claims table: Markdown, and wrapped for a terminal. Pure.
import TerminalTable from "cli-table3";
import { renderTable } from "../../report/table.ts";
import type { Claim } from "../claim.ts";

const TITLES = ["#", "claim", "measured here", "verdict", "why"];
const cellsOf = ({ id, claim, measured, verdict, why }: Claim) => [id, claim, measured || "–", verdict, why];

/** Renders claims as Markdown, a line each. */
export function renderClaims(claims: readonly Claim[]): string {
  return renderTable<Claim>(
    TITLES.map((title, column) => ({ title, align: "left", cell: (claim) => cellsOf(claim)[column] ?? "" })),
    claims,
  );
}

const NUMBER_WIDTH = 5;
/** As wide as "cannot tell here" with its spaces. */
const VERDICT_WIDTH = 18;
const BORDERS = 6;

/** Renders claims for a terminal, long texts on several lines. @param width of the terminal in characters */
export function drawClaims(claims: readonly Claim[], width: number): string {
  const third = Math.floor((width - NUMBER_WIDTH - VERDICT_WIDTH - BORDERS) / 3);
  const table = new TerminalTable({
    head: TITLES,
    colWidths: [NUMBER_WIDTH, third, third, VERDICT_WIDTH, third],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const claim of claims) table.push(cellsOf(claim));
  return table.toString();
}

/** Counts claims by their verdicts, in words. */
export function countVerdicts(claims: readonly Claim[]): string {
  const counts = Map.groupBy(claims, ({ verdict }) => verdict);
  return [...counts].map(([verdict, of]) => `${of.length} ${verdict}`).join(", ");
}
