import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import { formatUnits, patternWithDigits } from './currency-format.ts';
import { parseDecimalValue } from './parse-decimal-value.ts';
import { roundDigits } from './round-digits.ts';
import { formatSubUnits } from './sub-unit.ts';

/** How a decimal amount is to be written. */
export interface FormatAmountFromStringOptions {
  /** Currency units, in German or English notation. */
  readonly decimalAmount: string | null | undefined;
  /** Number of fraction digits. */
  readonly precision?: number | undefined;
  readonly currency?: string | undefined;
  readonly format?: string | undefined;
  readonly locale?: string | undefined;
  /** Show as many fraction digits as the text has. */
  readonly useRealPrecision?: boolean | undefined;
  /** Write amounts below one unit as cents. */
  readonly enableSubunitDisplay?: boolean | undefined;
}

/** What the fee format takes. */
export type FormatFeeAmountOptions = Omit<FormatAmountFromStringOptions, 'precision' | 'useRealPrecision'>;

const FINE_DIGITS = 12;
const DEFAULT_DIGITS = 2;
const FEWEST_SUB_UNIT_DIGITS = 2;
const MOST_SUB_UNIT_DIGITS = 6;
const MOST_FEE_DIGITS = 4;

/**
 * Writes a decimal text as localized amount, by default in euros for Germany with two digits, half away from zero
 * (spec A17). Throws INVALID_DECIMAL.
 */
export function formatAmountFromString({
  decimalAmount,
  precision,
  currency = 'EUR',
  format,
  locale = 'de',
  useRealPrecision = false,
  enableSubunitDisplay = false,
}: FormatAmountFromStringOptions): string {
  const text = parseDecimalValue(decimalAmount);
  if (enableSubunitDisplay && isBelowOneUnit(text)) {
    const own = useRealPrecision ? ownDigits(text) - 2 : DEFAULT_DIGITS;
    const digits = precision || Math.min(Math.max(own, FEWEST_SUB_UNIT_DIGITS), MOST_SUB_UNIT_DIGITS);
    return formatSubUnits(subUnitsOf(text, digits), { least: digits, most: digits }, currency, locale);
  }
  const digits = precision ?? (useRealPrecision ? ownDigits(text) : DEFAULT_DIGITS);
  const rounded = roundDigits(doubleArithmetic.fine(text), FINE_DIGITS, digits);
  return formatUnits(rounded, digits, format ?? patternWithDigits(digits), currency, locale);
}

/**
 * Writes a fee: with two digits, or as sub-units with two to four digits, as many as the fee needs (spec A17).
 * Throws INVALID_DECIMAL.
 */
export function formatFeeAmountFromString({
  decimalAmount,
  currency = 'EUR',
  format,
  locale = 'de',
  enableSubunitDisplay = false,
}: FormatFeeAmountOptions): string {
  const text = parseDecimalValue(decimalAmount);
  if (!enableSubunitDisplay || !isBelowOneUnit(text)) {
    return formatAmountFromString({ decimalAmount, currency, format, locale });
  }
  const digits = { least: FEWEST_SUB_UNIT_DIGITS, most: MOST_FEE_DIGITS };
  return formatSubUnits(subUnitsOf(text, MOST_FEE_DIGITS), digits, currency, locale);
}

/** Whole part zero, fraction not. A whole part may be missing behind its sign: "-.5" is below one unit too. */
function isBelowOneUnit(text: string): boolean {
  const [whole = '', fraction = ''] = text.split('.');
  return Number(`${whole}0`) === 0 && /[1-9]/.test(fraction);
}

/** The fraction digits a text has; at least two, and two if they are all zeros. */
function ownDigits(text: string): number {
  const fraction = text.split('.')[1] ?? '';
  return /[1-9]/.test(fraction) ? Math.max(fraction.length, DEFAULT_DIGITS) : DEFAULT_DIGITS;
}

/** A hundredth of a unit has two digits less. */
function subUnitsOf(text: string, digits: number): number {
  return roundDigits(doubleArithmetic.fine(text), FINE_DIGITS - 2, digits) / 10 ** digits;
}
