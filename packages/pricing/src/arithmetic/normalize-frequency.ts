import { roundUnits } from '../format/currency-format.ts';
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
  const digits = precision >= 0 ? precision : DEFAULT_DIGITS;
  return roundUnits(converted(value, from, to, digits), DEFAULT_DIGITS);
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
  if (typeof value === 'string') return String(converted(value, from, to, precision || FINE_DIGITS));
  return converted(value, from, to, precision || DEFAULT_DIGITS);
}

function converted(
  value: number | string,
  from: string | null | undefined,
  to: string | null | undefined,
  digits: number,
): number {
  const amount = doubleArithmetic.fine(String(value));
  const perPeriod = doubleArithmetic.convert(amount, from?.toLowerCase(), to?.toLowerCase());
  const scale = 10 ** (FINE_DIGITS - Math.min(digits, FINE_DIGITS));
  const rounded = Math.sign(perPeriod) * Math.round(Math.abs(perPeriod) / scale);
  return rounded / (1e12 / scale) + 0;
}
