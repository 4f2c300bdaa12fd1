import { setImmediate } from 'node:timers/promises';
import { csvRecords } from './csv-records.ts';
import { COLUMNS, type Rule, type RuleCells, readRule } from './rule.ts';

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

const MOST_ROWS = 200_000;
const MOST_PROBLEMS = 100;
const ROWS_BETWEEN_BREAKS = 5_000;

/** Reads an availability file (CSV, spec/pricing.md B8). Lines that are no rules are problems, at most 100; so is a file that is none. */
export async function readRules(bytes: Uint8Array): Promise<ReadRules> {
  const text = utf8(bytes);
  if (text === undefined) return broken({ msg: 'File must be UTF-8 encoded' });
  const header = text.slice(0, (text.search(/[\r\n]/) + 1 || text.length + 1) - 1);
  const records = csvRecords(text, header.includes(';') ? ';' : ',');
  const columns = columnsOf(records.next().value?.cells ?? []);
  if (columns.postal_code < 0) return broken({ line: 1, msg: 'Column postal_code is missing' });
  const rules: Rule[] = [];
  const problems: FileProblem[] = [];
  const seen = new Set<string>();
  const complain = (problem: FileProblem) => problems.length < MOST_PROBLEMS && problems.push(problem);
  let rows = 0;
  for (const { line, cells } of records) {
    rows += 1;
    if (rows > MOST_ROWS) return broken({ line, msg: `File has more than ${MOST_ROWS} rows` });
    // Other requests have their turn while a large file is read.
    if (rows % ROWS_BETWEEN_BREAKS === 0) await setImmediate();
    const named = cellsOf(cells, columns);
    const rule = readRule(named);
    const key = JSON.stringify(rule);
    if ('msg' in rule) complain({ line, ...rule });
    else if (seen.has(key))
      complain({ line, msg: 'Duplicate rule', data: `Postal code: ${named.postal_code}` });
    else rules.push(rule);
    seen.add(key);
  }
  return { rules, problems };
}

function broken(problem: FileProblem): ReadRules {
  return { rules: [], problems: [problem] };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
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
