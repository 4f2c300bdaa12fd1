import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Price } from '../contract/price.ts';
import type { PriceTier } from '../contract/tier.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { PricingError } from '../pricing-error.ts';
import { reachedTiers, tiersOf } from './choose-tier.ts';
import { type ItemAmounts, zeroAmounts } from './item-amounts.ts';
import type { Rated } from './rated.ts';
import { tierDisplayOf } from './tier-display.ts';
import { type TierRow, unitTierRow } from './tier-row.ts';

/**
 * Every tier the customer input passes through is charged for its own slice (spec A7.5). Unit amounts are the sums of
 * the unit prices in use. Without a customer input exactly one unit is charged. Throws INVALID_TIERS.
 */
export function rateTieredGraduated<A, F>(
  ar: Arithmetic<A, F>,
  terms: PriceTerms<A, F>,
  price: Price,
): Rated<A, F> {
  const { selection, selectionAmount, quantity, mapped } = terms.quantities;
  const tiers = tiersOf(price.tiers);
  const reached = reachedTiers(ar, tiers, selection);
  const rows = reached.map((tier, index) => {
    const slice = sliceOf(ar, tier, index === 0 ? 0 : tiers[index - 1]?.up_to, selection, selectionAmount);
    return unitTierRow(ar, tier, terms.taxation, slice);
  });
  const last = reached.at(-1);
  return {
    amounts: sumOfRows(ar, rows, mapped ? quantity : ar.one),
    tierRows: last && rows,
    tierDisplay: last && tierDisplayOf(price, last),
    getAg: undefined,
    dynamicTariff: undefined,
  };
}

/**
 * The part of the selection quantity that falls into a tier, which starts above `lower`.
 * Throws INVALID_TIERS if the tier before it is open, or the bounds do not ascend.
 */
export function sliceOf<A, F>(
  ar: Arithmetic<A, F>,
  tier: PriceTier,
  lower: number | null | undefined,
  selection: F,
  selectionAmount: A,
): F {
  const upper = tier.up_to || Number.POSITIVE_INFINITY;
  if (typeof lower !== 'number' || lower >= upper || ar.compare(selection, lower) < 0) {
    throw new PricingError(
      'INVALID_TIERS',
      'Graduated tiers must ascend, and only the last one may be open.',
    );
  }
  const end = ar.compare(selection, upper) >= 0 ? ar.fineNumber(upper) : selectionAmount;
  return ar.asFactor(ar.sub(end, ar.fineNumber(lower)));
}

function sumOfRows<A, F>(
  ar: Arithmetic<A, F>,
  rows: readonly TierRow<A, F>[],
  multiplier: F,
): ItemAmounts<A> {
  const sum = zeroAmounts(ar);
  for (const row of rows) {
    sum.unitNet = ar.add(sum.unitNet, row.unitNet);
    sum.unitGross = ar.add(sum.unitGross, row.unitGross);
    sum.subtotal = ar.add(sum.subtotal, row.subtotal);
    sum.total = ar.add(sum.total, row.total);
    sum.tax = ar.add(sum.tax, row.tax);
  }
  sum.subtotal = ar.mul(sum.subtotal, multiplier);
  sum.total = ar.mul(sum.total, multiplier);
  sum.tax = ar.mul(sum.tax, multiplier);
  return sum;
}
