import { roundDigits } from '../format/round-digits.ts';
import { doubleArithmetic } from './double-arithmetic.ts';

const FINE_DIGITS = 12;
const DEFAULT_DIGITS = 4;

/**
 * Converts a quantity or amount per `from` period into one per `to` period as a number, rounded half away from zero to
 * `precision` digits, at most 4 of which are kept (spec A17). Unknown periods leave the value unchanged.
 * Throws INVALID_DECIMAL.
 */
export function normalizeTimeFrequency(
  value: number | string,
  from: string | null | undefined,
  to: string | null | undefined,
  precision: number = DEFAULT_DIGITS,
): number {
  const digits = precision >= 0 ? Math.min(precision, FINE_DIGITS) : DEFAULT_DIGITS;
  const rounded = roundDigits(converted(value, from, to), FINE_DIGITS, digits);
  const kept = Math.min(digits, DEFAULT_DIGITS);
  return roundDigits(rounded, digits, kept) / 10 ** kept;
}

/**
 * Converts like `normalizeTimeFrequency`, but returns what it was given: text with up to 12 digits, or a number with 4,
 * unless `precision` asks for another number of digits (spec A17). Throws INVALID_DECIMAL.
 */
export function normalizeValueToFrequencyUnit<T extends number | string>(
  value: T,
  from: string | null | undefined,
  to: string | null | undefined,
  precision?: number,
): T extends string ? string : number;
export function normalizeValueToFrequencyUnit(
  value: number | string,
  from: string | null | undefined,
  to: string | null | undefined,
  precision?: number,
): number | string {
  const digits = Math.min(
    precision || (typeof value === 'string' ? FINE_DIGITS : DEFAULT_DIGITS),
    FINE_DIGITS,
  );
  const rounded = roundDigits(converted(value, from, to), FINE_DIGITS, digits) / 10 ** digits;
  return typeof value === 'string' ? String(rounded) : rounded;
}

function converted(
  value: number | string,
  from: string | null | undefined,
  to: string | null | undefined,
): number {
  const amount = doubleArithmetic.fine(String(value));
  return doubleArithmetic.convert(amount, from?.toLowerCase(), to?.toLowerCase());
}
