import { describe, expect, it } from 'vitest';
import { computeAggregatedAndPriceTotals } from '../index.ts';

const bonus = {
  _id: 'bonus',
  name: 'Bonus',
  type: 'fixed',
  category: 'cashback',
  fixed_value: 0,
  fixed_value_decimal: '0.00',
  fixed_value_currency: 'EUR',
};

function composite(extra: object) {
  const component = { unit_amount_decimal: '10.00', taxes: [{ tax: { rate: 19 } }] };
  const result = computeAggregatedAndPriceTotals([
    { is_composite_price: true, item_components: [component], ...extra },
  ]);
  return { result, item: result.items[0] };
}

describe('a composite item', () => {
  it('lists a cashback of nothing without an amount', () => {
    const { result, item } = composite({
      _coupons: [{ ...bonus, cashback_amount: 5, cashback_amount_decimal: '0.05' }],
    });
    expect(item?._coupons).toStrictEqual([bonus]);
    expect(result.total_details.breakdown.cashbacks).toStrictEqual([
      { cashback_period: '0', amount_total: 0, cashback_name: 'Bonus' },
    ]);
  });

  it('drops coupons that are null', () => {
    expect(composite({ _coupons: null }).item).not.toHaveProperty('_coupons');
  });

  it('drops what is empty on a component and missing on its price', () => {
    const component = { type: 'recurring', pricing_model: '', billing_period: '', _coupons: null };
    const { item } = composite({ item_components: [component] });
    for (const name of ['pricing_model', 'billing_period', '_coupons'])
      expect(item?.item_components?.[0]).not.toHaveProperty(name);
  });

  it('costs nothing while one of its components waits for approval', () => {
    const hidden = {
      unit_amount_decimal: '10.00',
      _price: { price_display_in_journeys: 'show_as_on_request' },
    };
    const { result, item } = composite({ item_components: [hidden] });
    expect(result.amount_total).toBe(0);
    expect(item).toMatchObject({ amount_total: 0, item_components: [{ amount_total: 1000 }] });
    expect(composite({ item_components: [hidden], on_request_approved: true }).result.amount_total).toBe(
      1000,
    );
  });

  it('rejects components that are no list of items', () => {
    expect(() => composite({ item_components: [null] })).toThrow(/wrong type/);
  });
});
