import { doubleArithmetic } from './double-arithmetic.ts';

/**
 * Adds tax to a net decimal text (spec A17). `rate` is a fraction, 0.19 for 19 %. Missing and empty texts are returned
 * unchanged. Throws INVALID_DECIMAL.
 */
export function getAmountWithTax<T extends string | null | undefined>(amount: T, rate = 0): T | string {
  if (!amount) return amount;
  const gross = doubleArithmetic.mul(doubleArithmetic.fine(amount), doubleArithmetic.factor(1 + rate));
  return doubleArithmetic.text(gross);
}
