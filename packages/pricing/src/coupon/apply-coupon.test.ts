import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText } from '../testing/cart-arbitrary.ts';
import { priced } from '../testing/priced.ts';

const percent = (percentage_value: string, category = 'discount') => ({
  type: 'percentage',
  category,
  percentage_value,
});
const fixed = (fixed_value_decimal: string, category = 'discount') => ({
  type: 'fixed',
  category,
  fixed_value: 1,
  fixed_value_decimal,
  fixed_value_currency: 'EUR',
});

describe('a discount', () => {
  it('keeps the figures from before beside the new ones', () => {
    const price = { unit_amount_decimal: '80.00', is_tax_inclusive: true };
    expect(priced(price, undefined, { quantity: 2, _coupons: [percent('10')] })).toMatchObject({
      amount_total: 14400,
      amount_subtotal: 12101,
      amount_tax: 2299,
      discount_amount: 1600,
      discount_percentage: 10,
      unit_discount_amount_net_decimal: '6.72268907563',
      before_discount_amount_total: 16000,
    });
  });

  it('never turns a price negative', () => {
    const price = fc.record({ unit_amount_decimal: decimalText(50, 4), is_tax_inclusive: fc.boolean() });
    fc.assert(
      fc.property(price, decimalText(100, 2), (terms, off) => {
        const item = priced(terms, undefined, { _coupons: [fixed(off)] });
        expect(item.amount_total).toBeGreaterThanOrEqual(0);
        expect(item.amount_total).toBeLessThanOrEqual(item.before_discount_amount_total ?? 0);
      }),
    );
  });

  it('reads percentages between 0 and 100', () => {
    const total = (value: string) =>
      priced({ unit_amount_decimal: '10' }, undefined, { _coupons: [percent(value)] });
    expect([total('140').amount_total, total('-5').amount_total, total('').amount_total]).toStrictEqual([
      0, 1190, 1190,
    ]);
  });

  it('is taken off every tier of a graduated price', () => {
    const tiers = [{ up_to: 10, unit_amount_decimal: '1.00' }, { unit_amount_decimal: '0.50' }];
    const price = { pricing_model: 'tiered_graduated', tiers, tax: [] };
    const item = priced(price, 20, { quantity: 2, _coupons: [fixed('0.75')] });
    expect(item).toMatchObject({
      amount_total: 250,
      discount_amount: 1250,
      before_discount_amount_total: 1500,
    });
    expect(item).not.toHaveProperty('unit_amount');
  });

  it('in another currency is refused, in any spelling but upper case', () => {
    const off = (currency: string) =>
      priced({ unit_amount_decimal: '10' }, undefined, {
        _coupons: [{ ...fixed('1'), fixed_value_currency: currency }],
      });
    expect(() => off('CHF')).toThrow(/CHF cannot reduce a price in EUR/);
    expect(() => off('eur')).toThrow(/eur cannot reduce/);
    expect(off('EUR').amount_subtotal).toBe(900);
  });
});

describe('a cashback', () => {
  it('leaves the price alone and is spread over the year', () => {
    const price = { unit_amount_decimal: '95.00', is_tax_inclusive: true, billing_period: 'monthly' };
    expect(priced(price, undefined, { quantity: 3, _coupons: [fixed('60.00', 'cashback')] })).toMatchObject({
      amount_total: 28500,
      cashback_amount: 18000,
      cashback_period: '0',
      after_cashback_amount_total: 8000,
    });
  });

  it('can be a share of the gross unit amount', () => {
    const item = priced({ unit_amount_decimal: '100' }, undefined, { _coupons: [percent('10', 'cashback')] });
    expect(item.cashback_amount).toBe(1190);
  });
});
