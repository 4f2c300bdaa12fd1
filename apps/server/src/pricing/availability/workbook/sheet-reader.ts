import type { TableRow } from '../table-row.ts';
import { type CellContext, cellText } from './cell-text.ts';
import type { PartReader } from './read-part.ts';

/** Cells further right belong to no table that is read here. */
const MOST_COLUMNS = 100;

/** Collects the rows of a sheet (ECMA-376 part 1, 18.3.1) with something in them. */
export class SheetReader implements PartReader {
  readonly #context: CellContext;
  #rows: TableRow[] = [];
  #line = 0;
  #cells: string[] = [];
  #column = -1;
  #type = 'n';
  #style = 0;
  #value = '';
  #isValue = false;
  #isPhonetic = false;

  constructor(context: CellContext) {
    this.#context = context;
  }

  /** The rows that were completed since the last call. */
  take(): readonly TableRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open(name: string, { r: reference, t: type, s: style }: Readonly<Record<string, string>>): void {
    if (name === 'row') {
      this.#line = Number(reference) || this.#line + 1;
      this.#cells = [];
      this.#column = -1;
    } else if (name === 'c') {
      this.#column = columnOf(reference) ?? this.#column + 1;
      this.#type = type ?? 'n';
      this.#style = Number(style ?? 0);
      this.#value = '';
    } else if (name === 'rPh') this.#isPhonetic = true;
    this.#isValue = name === 'v' || (name === 't' && !this.#isPhonetic);
  }

  text(text: string): void {
    if (this.#isValue) this.#value += text;
  }

  close(name: string): void {
    this.#isValue = false;
    if (name === 'rPh') this.#isPhonetic = false;
    else if (name === 'c')
      this.#put(cellText({ type: this.#type, style: this.#style, value: this.#value }, this.#context));
    else if (name === 'row' && this.#cells.some((cell) => cell.trim() !== ''))
      this.#rows.push({ line: this.#line, cells: this.#cells });
  }

  #put(text: string): void {
    if (this.#column >= MOST_COLUMNS) return;
    while (this.#cells.length < this.#column) this.#cells.push('');
    this.#cells[this.#column] = text;
  }
}

/** The column in a reference such as `AB12`, counted from 0; beyond `ZZZ` there are none. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
