import { absolute, add, compare, type Decimal, multiply, negate, readDecimal, shift } from './decimal.ts';
import type { EditRule } from './edit-rule.ts';

type Limits = Pick<EditRule, 'allowedIncrement' | 'allowedDecrement'>;

/**
 * Whether a new value stays within the bounds around the confirmed one (spec/portal.md §5.7 `relative_to_current_value`), exactly. A base
 * that is empty or no number, and a base of 0 with a percentage, bind nothing.
 * @param minorDigits decimal places of the currency that plain limits are given in (2: major units of cents); 0 for other numbers
 */
export function isWithinLimits(limits: Limits, base: unknown, next: unknown, minorDigits: number): boolean {
  const from = readDecimal(base);
  if (!from) return true;
  const to = readDecimal(next);
  // What is no number any more leaves every bound.
  if (!to) return false;
  const upper = boundary(limits.allowedIncrement, from, minorDigits, 1);
  const lower = boundary(limits.allowedDecrement, from, minorDigits, -1);
  return (!upper || compare(to, upper) <= 0) && (!lower || compare(to, lower) >= 0);
}

function boundary(
  limit: string | undefined,
  base: Decimal,
  minorDigits: number,
  direction: 1 | -1,
): Decimal | undefined {
  if (limit === undefined) return undefined;
  const isPercentage = limit.endsWith('%');
  const amount = readDecimal(isPercentage ? limit.slice(0, -1) : limit);
  if (!amount || (isPercentage && base.units === 0n)) return undefined;
  const distance = isPercentage ? shift(multiply(absolute(base), amount), 2) : shift(amount, -minorDigits);
  return add(base, direction === 1 ? distance : negate(distance));
}
