import { describe, expect, it } from 'vitest';
import { computeAggregatedAndPriceTotals } from '../index.ts';

const taken = {
  unit_amount_decimal: '10',
  unit_amount_net_decimal: '8.4',
  unit_amount_gross_decimal: '10',
  amount_total_decimal: '20',
  amount_subtotal_decimal: '16.8',
  type: 'one_time',
  taxes: [{ tax: { rate: 19 }, amount: 1 }],
};

function priced(item: object, outer: object = {}) {
  return computeAggregatedAndPriceTotals([{ ...outer, _immutable_pricing_details: { items: [item] } }]);
}

describe('a precomputed item', () => {
  it('takes its amounts from its decimal texts', () => {
    const result = priced(
      { ...taken, amount_total: 1, quantity: 9 },
      { quantity: 5, unit_amount_decimal: '99' },
    );
    expect(result.items[0]).toMatchObject({ amount_total: 2000, amount_tax: 320, quantity: 9 });
    expect(result.amount_total).toBe(2000);
  });

  it('scales further taxes it lists like brought amounts', () => {
    const taxes = [...taken.taxes, { tax: { rate: 7 }, amount: 5e11 }, { tax: { rate: 0 } }];
    expect(priced({ ...taken, taxes }).items[0]?.taxes).toMatchObject([{ amount: 320 }, { amount: 50 }, {}]);
  });

  it('keeps its own figures unscaled if it is composite', () => {
    const discount = { type: 'percentage', category: 'discount', percentage_value: '10' };
    const snapshot = {
      ...taken,
      is_composite_price: true,
      item_components: [taken],
      _coupons: [discount],
      discount_amount_decimal: '2',
      before_discount_unit_amount_decimal: '11',
    };
    const [item] = priced(snapshot, { is_composite_price: true }).items;
    expect(item).toMatchObject({
      unit_amount: 10e12,
      discount_amount: 2e12,
      before_discount_unit_amount: 11e12,
      before_discount_tax_amount: 0,
      amount_total: 2000,
      taxes: [{ amount: 32e11 }],
    });
  });

  it('keeps its components unscaled if it is composite where a simple item is expected', () => {
    const [item] = priced({ ...taken, is_composite_price: true, item_components: [taken] }).items;
    expect(item?.item_components?.[0]).toMatchObject({ amount_total: 20e12 });
    expect(item?.amount_total).toBe(2000);
  });

  it('lists a row without a rate for every item without a tax entry', () => {
    const details = { items: [{ ...taken, taxes: [] }] };
    const result = computeAggregatedAndPriceTotals([
      { _immutable_pricing_details: details },
      { _immutable_pricing_details: details },
    ]);
    expect(result.total_details.breakdown.taxes).toStrictEqual([
      { tax: { rate: null }, amount: 320 },
      { tax: { rate: null }, amount: 320 },
    ]);
  });
});
