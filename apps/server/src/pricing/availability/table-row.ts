/** A row of a table and the line it begins in, counted from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}
