import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceTier } from '../contract/tier.ts';
import type { Taxation } from '../item/taxation.ts';
import { amountsOfUnit } from './item-amounts.ts';

/** What one tier contributes to an item. `unitAmount` (cents) and `unitAmountDecimal` are copied from the tier. */
export interface TierRow<A, F> {
  readonly tier: PriceTier;
  readonly quantity: F;
  readonly unitAmount: number;
  readonly unitAmountDecimal: string;
  readonly unitNet: A;
  readonly unitGross: A;
  readonly subtotal: A;
  readonly total: A;
  readonly tax: A;
}

/** The row of a tier with a unit price for the given quantity (spec A7.3). */
export function unitTierRow<A, F>(
  ar: Arithmetic<A, F>,
  tier: PriceTier,
  taxation: Taxation<F>,
  quantity: F,
): TierRow<A, F> {
  const amounts = amountsOfUnit(ar, ar.fine(tier.unit_amount_decimal), taxation, quantity);
  return {
    tier,
    quantity,
    unitAmount: tier.unit_amount || 0,
    unitAmountDecimal: tier.unit_amount_decimal || '0',
    unitNet: amounts.unitNet,
    unitGross: amounts.unitGross,
    subtotal: amounts.subtotal,
    total: amounts.total,
    tax: amounts.tax,
  };
}
