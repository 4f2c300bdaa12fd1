import { setImmediate } from 'node:timers/promises';
import { csvTable } from './csv-table.ts';
import { COLUMNS, type Rule, type RuleCells, readRule, ruleKey } from './rule.ts';
import type { TableRow } from './table-row.ts';
import { WorkbookError } from './workbook/workbook-error.ts';
import { workbookRows } from './workbook/workbook-rows.ts';

/** Something wrong with a file (contract schema `ValidateAvailabilityFileError`); `line` counts from 1, the header included. */
export interface FileProblem {
  readonly line?: number;
  readonly msg: string;
  readonly data?: string;
}

export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly FileProblem[];
}

/** Kinds of availability files. */
export type FileFormat = 'csv' | 'xlsx';

const MOST_ROWS = 200_000;
const MOST_PROBLEMS = 100;
const ROWS_BETWEEN_BREAKS = 5_000;
/** The longest file takes two seconds; a machine may be busy with other things. */
const MOST_MILLISECONDS = 120_000;
const NOT_UTF8: FileProblem = { msg: 'File must be UTF-8 encoded' };

/**
 * Reads an availability file (spec/pricing.md B8). Rows that are no rules are problems, at most 100; so is a file that is none. A CSV file in
 * another encoding is read as it was most likely meant, and is a problem nevertheless.
 * @param milliseconds how long reading may take
 */
export async function readRules(
  bytes: Uint8Array,
  format: FileFormat = 'csv',
  milliseconds = MOST_MILLISECONDS,
): Promise<ReadRules> {
  const until = performance.now() + milliseconds;
  if (format === 'csv') {
    const table = csvTable(bytes);
    if (!table) return broken(NOT_UTF8);
    const { rules, problems } = await rulesOf(table.rows, until);
    return { rules, problems: table.isUtf8 ? problems : [NOT_UTF8, ...problems] };
  }
  try {
    return await rulesOf(workbookRows(bytes), until);
  } catch (error) {
    if (error instanceof WorkbookError) return broken({ msg: error.message });
    throw error;
  }
}

async function rulesOf(
  rows: Iterable<TableRow> | AsyncIterable<TableRow>,
  until: number,
): Promise<ReadRules> {
  const rules: Rule[] = [];
  const problems: FileProblem[] = [];
  const seen = new Set<string>();
  const complain = (problem: FileProblem) => problems.length < MOST_PROBLEMS && problems.push(problem);
  let columns: Columns | undefined;
  let count = 0;
  for await (const { line, cells } of rows) {
    if (!columns) {
      columns = columnsOf(cells);
      if (columns.postal_code < 0) return broken({ line, msg: 'Column postal_code is missing' });
      continue;
    }
    count += 1;
    if (count > MOST_ROWS) return broken({ line, msg: `File has more than ${MOST_ROWS} rows` });
    if (count % ROWS_BETWEEN_BREAKS === 0) {
      if (performance.now() > until) return broken({ line, msg: 'File takes too long to read' });
      // Other requests have their turn while a large file is read.
      await setImmediate();
    }
    const named = cellsOf(cells, columns);
    const rule = readRule(named);
    if ('msg' in rule) {
      complain({ line, ...rule });
      continue;
    }
    const known = seen.size;
    if (seen.add(ruleKey(rule)).size > known) rules.push(rule);
    else complain({ line, msg: 'Duplicate rule', data: `Postal code: ${named.postal_code}` });
  }
  return columns ? { rules, problems } : broken({ line: 1, msg: 'Column postal_code is missing' });
}

function broken(problem: FileProblem): ReadRules {
  return { rules: [], problems: [problem] };
}

type Columns = Readonly<Record<keyof RuleCells, number>>;

function columnsOf(header: readonly string[]): Columns {
  const names = header.map((name) => name.trim().toLowerCase());
  return mapColumns((column) => {
    const aliases: readonly string[] = COLUMNS[column];
    return names.findIndex((name) => aliases.includes(name));
  });
}

function cellsOf(cells: readonly string[], columns: Columns): RuleCells {
  return mapColumns((column) => cells[columns[column]]?.trim() ?? '');
}

function mapColumns<Value>(valueAt: (column: keyof RuleCells) => Value): Record<keyof RuleCells, Value> {
  return {
    postal_code: valueAt('postal_code'),
    country: valueAt('country'),
    city: valueAt('city'),
    street: valueAt('street'),
    street_number: valueAt('street_number'),
    available_start_date: valueAt('available_start_date'),
    available_end_date: valueAt('available_end_date'),
  };
}
