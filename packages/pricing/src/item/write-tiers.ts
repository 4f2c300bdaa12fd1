import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { TierDetails } from '../contract/tier.ts';
import type { TierRow } from '../rate/tier-row.ts';

/** The tier rows of an item in cents; the unit amount and its text stay as the tier has them (spec A7.3, A10). */
export function tierDetailsOf<A, F>(ar: Arithmetic<A, F>, rows: readonly TierRow<A, F>[]): TierDetails[] {
  return rows.map((row) => ({
    quantity: ar.toNumber(row.quantity),
    unit_amount: row.unitAmount,
    unit_amount_decimal: row.unitAmountDecimal,
    unit_amount_net: ar.cents(row.unitNet),
    unit_amount_gross: ar.cents(row.unitGross),
    amount_subtotal: ar.cents(row.subtotal),
    amount_total: ar.cents(row.total),
    amount_tax: ar.cents(row.tax),
  }));
}

/** Rows an item brought along: their numbers are scaled like computed ones (spec A10, A14). */
export function scaleBroughtTiers<A, F>(ar: Arithmetic<A, F>, rows: readonly TierDetails[]): TierDetails[] {
  return rows.map((row) => {
    const scaled: TierDetails = { ...row };
    if (typeof row.unit_amount_net === 'number') scaled.unit_amount_net = centsOf(ar, row.unit_amount_net);
    if (typeof row.unit_amount_gross === 'number')
      scaled.unit_amount_gross = centsOf(ar, row.unit_amount_gross);
    if (typeof row.amount_subtotal === 'number') scaled.amount_subtotal = centsOf(ar, row.amount_subtotal);
    if (typeof row.amount_total === 'number') scaled.amount_total = centsOf(ar, row.amount_total);
    if (typeof row.amount_tax === 'number') scaled.amount_tax = centsOf(ar, row.amount_tax);
    return scaled;
  });
}

function centsOf<A, F>(ar: Arithmetic<A, F>, value: number): number {
  return ar.cents(ar.fromRaw(value));
}
