import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceItem } from '../contract/price-item.ts';
import type { TotalDetails } from '../contract/pricing-details.ts';

/**
 * A simple item that brings totals along has them, and its own totals, scaled once more, because the last step of the
 * computation takes every item with totals for a composite one (spec A12a). Decimal texts stay right.
 * Changes `output` in place.
 */
export function scaleBroughtTotals<A, F>(ar: Arithmetic<A, F>, output: PriceItem): void {
  const details = output.total_details;
  if (!details) return;
  const scale = (amount: number): number => ar.cents(ar.fromRaw(amount));
  output.amount_subtotal = scale(output.amount_subtotal ?? 0);
  output.amount_total = scale(output.amount_total ?? 0);
  output.amount_tax = scale(output.amount_tax ?? 0);
  output.total_details = scaleDetails(details, scale);
}

function scaleDetails(details: TotalDetails, scale: (amount: number) => number): TotalDetails {
  const scaled: TotalDetails = { ...details };
  if (typeof details.amount_tax === 'number') scaled.amount_tax = scale(details.amount_tax);
  if (typeof details.amount_shipping === 'number') scaled.amount_shipping = scale(details.amount_shipping);
  const breakdown: Partial<TotalDetails['breakdown']> = details.breakdown ?? {};
  scaled.breakdown = {
    taxes: (breakdown.taxes ?? []).map((row) => scaleNumbers(row, scale)),
    recurrences: (breakdown.recurrences ?? []).map((row) => scaleNumbers(row, scale)),
    recurrencesByTax: (breakdown.recurrencesByTax ?? []).map((row) => ({
      ...scaleNumbers(row, scale),
      tax: scaleNumbers(row.tax ?? {}, scale),
    })),
    cashbacks: (breakdown.cashbacks ?? []).map((row) => scaleNumbers(row, scale)),
  };
  return scaled;
}

/** All amounts of a row are its numbers. */
function scaleNumbers<T extends object>(row: T, scale: (amount: number) => number): T {
  const scaled: T = { ...row };
  for (const [key, value] of Object.entries(row)) {
    if (typeof value === 'number') Reflect.set(scaled, key, scale(value));
  }
  return scaled;
}
