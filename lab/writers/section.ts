// What is shown of an experiment with several writers: sections of tables and notes, for text and for HTML. Pure.
import type { Column } from "../report/table.ts";

export interface Section {
  readonly title: string;
  readonly table?: Table;
  /** Sentences, or pieces of a list. */
  readonly notes: readonly string[];
}

/** A table whose rows are numbers of rows: all tables are alike, whatever is in them. */
export interface Table {
  readonly columns: readonly Column<number>[];
  readonly rows: readonly number[];
}

/** Makes a table of any rows. */
export function toTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Table {
  return {
    columns: columns.map(({ title, align, cell }) => ({
      title,
      align,
      cell: (index) => cell(rows[index] as Row),
    })),
    rows: rows.map((_, index) => index),
  };
}

/** A column of figures. */
export function numeric<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: "right", cell };
}

/** A column of words. */
export function textual<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: "left", cell };
}
