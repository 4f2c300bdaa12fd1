import { roundDigits } from './round-digits.ts';

/**
 * A pattern for amounts: an optional currency (`$` symbol, `USD` code, `dollar` name), `0,0` for grouping or `0`
 * without, and as many fraction digits as there are zeros after the point. `$0,0.00` is the default everywhere.
 */
export type AmountPattern = string;

/** The pattern amounts are shown in unless another one is asked for. */
export const DEFAULT_PATTERN: AmountPattern = '$0,0.00';

/** The default pattern with another number of fraction digits. */
export function patternWithDigits(digits: number): AmountPattern {
  return digits > 0 ? `$0,0.${'0'.repeat(digits)}` : DEFAULT_PATTERN;
}

/**
 * Writes a whole number of 10^-precision currency units as localized text by a pattern. Digits beyond those of the
 * pattern are rounded half away from zero. Uses `Intl`, hence non-breaking blanks before a trailing currency.
 */
export function formatUnits(
  amount: number,
  precision: number,
  pattern: AmountPattern,
  currency: string,
  locale: string,
): string {
  const digits = fractionDigits(pattern);
  const display = currencyDisplay(pattern);
  return new Intl.NumberFormat(locale, {
    ...(display === undefined ? {} : { style: 'currency', currency, currencyDisplay: display }),
    useGrouping: pattern.includes('0,0'),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(roundDigits(amount, precision, digits) / 10 ** digits);
}

function fractionDigits(pattern: AmountPattern): number {
  return /\.(0+)/.exec(pattern)?.[1]?.length ?? 0;
}

function currencyDisplay(pattern: AmountPattern): 'symbol' | 'code' | 'name' | undefined {
  if (pattern.includes('$')) return 'symbol';
  if (pattern.includes('USD')) return 'code';
  if (pattern.includes('dollar')) return 'name';
  return undefined;
}
