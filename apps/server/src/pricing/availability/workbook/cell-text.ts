import type { NumberFormat } from './number-formats.ts';

/** What the cells of a sheet refer to. */
export interface CellContext {
  readonly sharedTexts: readonly string[];
  readonly formats: readonly NumberFormat[];
  /** The workbook counts days from 1904 instead of 1900. */
  readonly from1904: boolean;
}

/** A cell as the sheet has it: `t`, `s` and the text of its value (ECMA-376 part 1, 18.3.1.4). */
export interface Cell {
  readonly type: string;
  readonly style: number;
  readonly value: string;
}

const DAY = 86_400_000;
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** 9999-12-31. */
const LAST_DAY = 2_958_465;

/** What a cell says as text: dates as `YYYY-MM-DD`, codes with the zeros they are shown with. */
export function cellText({ type, style, value }: Cell, context: CellContext): string {
  if (type === 's') return context.sharedTexts[Number(value)] ?? '';
  if (type !== 'n' || value.trim() === '') return value;
  const number = Number(value);
  const format = context.formats[style];
  if (Number.isNaN(number)) return value;
  if (format?.kind === 'date' && number >= 1 && number <= LAST_DAY)
    return dayOf(number, context.from1904 ? EPOCH_1904 : EPOCH_1900);
  if (!Number.isSafeInteger(number)) return value;
  return format?.kind === 'digits' ? String(number).padStart(format.count, '0') : String(number);
}

function dayOf(serial: number, epoch: number): string {
  return new Date(epoch + Math.floor(serial) * DAY).toISOString().slice(0, 10);
}
