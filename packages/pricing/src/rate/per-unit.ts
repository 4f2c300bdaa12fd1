import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceTerms } from '../item/price-terms.ts';
import { amountsOfUnit } from './item-amounts.ts';
import type { Rated } from './rated.ts';

/**
 * A unit price times the multiplier (spec A7.1). The decimal text of the item wins over that of the price; integer
 * cents never count.
 */
export function ratePerUnit<A, F>(ar: Arithmetic<A, F>, terms: PriceTerms<A, F>): Rated<A, F> {
  const unit = ar.fine(terms.item.unit_amount_decimal || terms.price?.unit_amount_decimal);
  return {
    amounts: amountsOfUnit(ar, unit, terms.taxation, terms.quantities.multiplier),
    tierRows: undefined,
    tierDisplay: undefined,
    getAg: undefined,
    dynamicTariff: undefined,
  };
}
