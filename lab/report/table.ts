// Tables that read well in a terminal and are Markdown as well.

export interface Column<Row> {
  readonly title: string;
  readonly align: "left" | "right";
  readonly cell: (row: Row) => string;
}

/** A column with the text of each row. */
export interface FilledColumn extends Pick<Column<never>, "title" | "align"> {
  readonly cells: readonly string[];
}

/** Fills the columns of a table. One without any text is left out. */
export function fillColumns<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): FilledColumn[] {
  return columns
    .map(({ title, align, cell }) => ({ title, align, cells: rows.map(cell) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
}

/** Renders rows as an aligned Markdown table. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const filled = fillColumns(columns, rows);
  const widths = filled.map(({ title, cells }) => Math.max(...[title, ...cells].map((cell) => cell.length)));
  const renderLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, filled[column]?.align)).join(" | ")} |`;
  const rule = filled.map(({ align }, column) => {
    const dashes = "-".repeat((widths[column] ?? 0) - (align === "right" ? 1 : 0));
    return align === "right" ? `${dashes}:` : dashes;
  });
  const lines = rows.map((_, row) => renderLine(filled.map(({ cells }) => cells[row] ?? "")));
  return [renderLine(filled.map(({ title }) => title)), renderLine(rule), ...lines].join("\n");
}

function pad(text: string, width: number, align: "left" | "right" | undefined): string {
  return align === "right" ? text.padStart(width) : text.padEnd(width);
}
