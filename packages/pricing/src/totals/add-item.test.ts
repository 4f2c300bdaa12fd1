import { describe, expect, it } from 'vitest';
import { computeAggregatedAndPriceTotals } from '../compute-pricing-details.ts';
import type { PriceItemDto } from '../contract/price-item.ts';
import { VAT_19 } from '../testing/priced.ts';

function item(amount: string, type: string, billing_period?: string, tax: object[] = [VAT_19]): PriceItemDto {
  return { unit_amount_decimal: amount, _price: { type, billing_period, tax, is_tax_inclusive: true } };
}

function breakdown(items: PriceItemDto[]) {
  return computeAggregatedAndPriceTotals(items).total_details.breakdown;
}

describe('the breakdown of a cart', () => {
  it('has one row per recurrence, and the cart-wide tax in each row by tax', () => {
    const { taxes, recurrences, recurrencesByTax } = breakdown([
      item('10.00', 'recurring', 'monthly'),
      item('30.00', 'one_time'),
      item('120.00', 'recurring', 'yearly'),
    ]);
    expect(taxes).toStrictEqual([{ tax: VAT_19, amount: 2555 }]);
    expect(recurrences.map((row) => row.amount_tax)).toStrictEqual([160, 479, 1916]);
    expect(recurrencesByTax.map((row) => [row.amount_tax, row.tax.amount])).toStrictEqual([
      [160, 2555],
      [479, 2555],
      [1916, 2555],
    ]);
  });

  it('lets an untaxed item join the first row of its recurrence', () => {
    const [taxed, untaxed] = [item('30.00', 'one_time'), item('5.00', 'one_time', undefined, [])];
    expect(breakdown([taxed, untaxed]).recurrencesByTax.map((row) => row.amount_total)).toStrictEqual([3500]);
    expect(breakdown([untaxed, taxed]).recurrencesByTax.map((row) => row.amount_total)).toStrictEqual([
      500, 3000,
    ]);
  });

  it('merges taxes of one rate under the first id, and gives a row without id the one it learns', () => {
    const other = { _id: 'other', type: 'GST', rate: 19 };
    expect(breakdown([item('1', 'one_time'), item('1', 'one_time', undefined, [other])]).taxes).toMatchObject(
      [{ tax: VAT_19, amount: 32 }],
    );
    expect(
      breakdown([item('1', 'one_time', undefined, [{ rate: 19 }]), item('1', 'one_time')]).taxes,
    ).toMatchObject([{ tax: VAT_19 }]);
  });

  it('gives up a net unit amount that starts at zero', () => {
    const rows = breakdown([item('0', 'one_time'), item('5', 'one_time')]).recurrences;
    expect(rows).toMatchObject([{ unit_amount_gross: 500 }]);
    expect(rows[0]).not.toHaveProperty('unit_amount_net');
  });

  it('includes undiscounted items in the sum before discounts, in either order', () => {
    const coupon = { type: 'percentage', category: 'discount', percentage_value: '50' };
    const discounted = { ...item('10.00', 'one_time'), _coupons: [coupon] };
    for (const items of [
      [discounted, item('5.00', 'one_time')],
      [item('5.00', 'one_time'), discounted],
    ]) {
      expect(breakdown(items).recurrences).toMatchObject([
        { amount_total: 1000, before_discount_amount_total: 1500, discount_amount: 500 },
      ]);
    }
  });

  it('names the shipping amount only if nothing counted', () => {
    const hidden = { unit_amount_decimal: '5', _price: { price_display_in_journeys: 'show_as_on_request' } };
    expect(computeAggregatedAndPriceTotals([hidden]).total_details.amount_shipping).toBe(0);
    expect(computeAggregatedAndPriceTotals([hidden, {}]).total_details).not.toHaveProperty('amount_shipping');
  });
});
