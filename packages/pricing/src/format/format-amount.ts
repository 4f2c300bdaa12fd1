import { doubleArithmetic } from '../arithmetic/double-arithmetic.ts';
import { PricingError } from '../pricing-error.ts';
import { DEFAULT_PATTERN, formatUnits } from './currency-format.ts';
import { formatSubUnits } from './sub-unit.ts';

/** How an amount in cents is to be written. */
export interface FormatAmountOptions {
  /** Whole cents, as number or numeric text. */
  readonly amount: number | string | null | undefined;
  readonly currency?: string | undefined;
  readonly format?: string | undefined;
  readonly locale?: string | undefined;
  /** Write amounts below one unit as cents. */
  readonly enableSubunitDisplay?: boolean | undefined;
}

/**
 * Writes whole cents as localized text, by default in euros for Germany (spec A17). What is not a number counts as 0
 * and is reported on the console. Throws INVALID_AMOUNT for fractions of cents.
 */
export function formatAmount({
  amount,
  currency = 'EUR',
  format = DEFAULT_PATTERN,
  locale = 'de',
  enableSubunitDisplay = false,
}: FormatAmountOptions): string {
  const cents = centsOf(amount);
  if (enableSubunitDisplay && cents !== 0 && Math.abs(cents) < 100) {
    return formatSubUnits(cents, { least: 0, most: 0 }, currency, locale);
  }
  return formatUnits(cents, 2, format, currency, locale);
}

function centsOf(amount: number | string | null | undefined): number {
  const cents = Number(amount ?? 0);
  if (Number.isNaN(cents)) {
    console.error(`Not an amount in cents, shown as 0: ${String(amount)}`);
    return 0;
  }
  if (!Number.isInteger(cents)) throw new PricingError('INVALID_AMOUNT', `Not whole cents: ${cents}.`);
  return cents;
}

/** Decimal text to whole cents, half away from zero (spec A17). Throws INVALID_DECIMAL. */
export function toIntegerAmount(decimalAmount: string | null | undefined): number {
  return doubleArithmetic.cents(doubleArithmetic.fine(decimalAmount));
}
