import { describe, expect, it } from 'vitest';
import { computeAggregatedAndPriceTotals } from '../compute-pricing-details.ts';
import { PricingError } from '../pricing-error.ts';
import { priced } from '../testing/priced.ts';

describe('a simple item', () => {
  it('carries unknown keys along and shares them with the input', () => {
    const blocks = { a: 1 };
    const sent = { unit_amount_decimal: '1', blocks };
    expect(computeAggregatedAndPriceTotals([sent]).items[0]).toMatchObject({ blocks });
    expect(Object.keys(sent)).toStrictEqual(['unit_amount_decimal', 'blocks']);
  });

  it('drops a type and a billing period that resolve to nothing', () => {
    const [custom] = computeAggregatedAndPriceTotals([{ type: null }]).items;
    expect(custom).not.toHaveProperty('type');
    const [recurring] = computeAggregatedAndPriceTotals([{ type: 'recurring', billing_period: null }]).items;
    expect(recurring).not.toHaveProperty('billing_period');
  });

  it('keeps a type of the price that is null', () => {
    expect(priced({ unit_amount_decimal: '1', type: null }).type).toBeNull();
  });

  it('goes by its own type and period before those of the price', () => {
    const price = { unit_amount_decimal: '1', type: 'recurring', billing_period: 'monthly' };
    expect(priced(price)).toMatchObject({ type: 'recurring', billing_period: 'monthly' });
    expect(priced(price, undefined, { billing_period: 'yearly' }).billing_period).toBe('yearly');
    expect(priced(price, undefined, { type: 'one_time' })).not.toHaveProperty('billing_period');
  });

  it('takes fees as they are if the price has no billing period', () => {
    const price = { pricing_model: 'dynamic_tariff', dynamic_tariff: {}, billing_period: null };
    const fees = [{ price_id: 'p', frequency_unit: 'yearly', amount_total_decimal: '12' }];
    expect(priced(price, undefined, { external_fees_mappings: fees }).amount_subtotal).toBe(1200);
  });

  it('reads a fee without a billing period only where it is charged', () => {
    const fees = [{ price_id: 'p', frequency_unit: 'yearly', amount_total_decimal: '12,50' }];
    const item = { external_fees_mappings: fees };
    const free = { unit_amount_decimal: '10', billing_period: null };
    expect(priced(free, undefined, item).amount_subtotal).toBe(1000);
    const manual = { mode: 'manual', average_price_decimal: '0.30' };
    const tariff = { pricing_model: 'dynamic_tariff', billing_period: null };
    expect(priced({ ...tariff, dynamic_tariff: manual }, undefined, item).amount_subtotal).toBe(30);
    expect(() => priced({ ...tariff, dynamic_tariff: {} }, undefined, item)).toThrow(PricingError);
    expect(() => priced({ ...free, billing_period: 'monthly' }, undefined, item)).toThrow(PricingError);
  });

  it('forgets an earlier discount and starts from the amount before it', () => {
    const coupon = { type: 'percentage', category: 'discount', percentage_value: '10' };
    const discounted = priced({ unit_amount_decimal: '80.00' }, undefined, { _coupons: [coupon] });
    const again = priced({ unit_amount_decimal: '80.00' }, undefined, { ...discounted, _coupons: [] });
    expect(again).toMatchObject({ unit_amount_decimal: '80', amount_subtotal: 8000 });
    expect(Object.keys(again).filter((key) => key.includes('discount'))).toStrictEqual([]);
    const incomplete = { before_discount_unit_amount_decimal: undefined, before_discount_unit_amount: 5 };
    const traces = { unit_amount_decimal: '1', ...incomplete };
    expect(priced({ unit_amount_decimal: '80.00' }, undefined, traces).amount_subtotal).toBe(8000);
  });

  it('counts unreadable tax rates as zero', () => {
    for (const rate of ['abc', null, 'Infinity', undefined]) {
      const tax = { type: 'VAT', ...(rate === undefined ? {} : { rate }) };
      expect(priced({ unit_amount_decimal: '10', tax: [tax] }).amount_total).toBe(1000);
    }
  });
});
