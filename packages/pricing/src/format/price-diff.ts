import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import { formatAmountFromString } from './format-amount-from-string.ts';
import { parseDecimalValue } from './parse-decimal-value.ts';

/** How a difference is to be written. */
export interface PriceDiffOptions {
  readonly format: 'percentage' | 'absolute';
  /** Give nothing for an offer that is not cheaper. */
  readonly onlyIfBetter?: boolean | undefined;
  readonly currency?: string | undefined;
  /** The language of the environment, if missing. */
  readonly locale?: string | undefined;
}

/** A difference between two prices. */
export interface PriceDiff {
  readonly isBetter: boolean;
  readonly formattedDiff: string;
}

/**
 * What a customer saves or pays more with an offer, both prices as decimal text (spec A17). Null if there is no current
 * price, no difference, or only an increase while `onlyIfBetter` is set. Throws INVALID_DECIMAL.
 */
export function computePriceDiff(
  offerAmount: string | null | undefined,
  currentAmount: string | null | undefined,
  { format, onlyIfBetter = false, currency = 'EUR', locale }: PriceDiffOptions,
): PriceDiff | null {
  const offer = doubleArithmetic.fine(parseDecimalValue(offerAmount));
  const current = doubleArithmetic.fine(parseDecimalValue(currentAmount));
  const isBetter = current >= offer;
  if (current === 0 || current === offer || (onlyIfBetter && !isBetter)) return null;
  const difference = Math.abs(current - offer);
  const formattedDiff =
    format === 'percentage'
      ? `${((difference / current) * 100).toFixed(1)}%`
      : formatAmountFromString({
          decimalAmount: doubleArithmetic.text(difference),
          currency,
          locale: locale ?? new Intl.NumberFormat().resolvedOptions().locale,
        });
  return { isBetter, formattedDiff };
}
