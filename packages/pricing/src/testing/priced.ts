import { computeAggregatedAndPriceTotals } from '../compute-pricing-details.ts';
import type { Price } from '../contract/price.ts';
import type { PriceItem, PriceItemDto } from '../contract/price-item.ts';

export const VAT_19 = { _id: 'vat-19', type: 'VAT', rate: 19 };

/** Prices one item of a net yearly price at 19 %, whose input is `consumption` per year, and returns it. */
export function priced(price: Price, consumption?: number, item: PriceItemDto = {}): PriceItem {
  const _price: Price = {
    _id: 'p',
    type: 'recurring',
    billing_period: 'yearly',
    is_tax_inclusive: false,
    tax: [VAT_19],
    ...price,
  };
  const mapping =
    consumption === undefined
      ? {}
      : { price_mappings: [{ price_id: 'p', value: consumption, frequency_unit: 'yearly' }] };
  const [result] = computeAggregatedAndPriceTotals([{ quantity: 1, ...mapping, ...item, _price }]).items;
  if (!result) throw new Error('nothing was priced');
  return result;
}
