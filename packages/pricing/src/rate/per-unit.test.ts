import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText } from '../testing/cart-arbitrary.ts';
import { priced } from '../testing/priced.ts';

describe('a price per unit', () => {
  it('rounds the tax of one unit, then multiplies', () => {
    const item = priced({ unit_amount_decimal: '12.90', is_tax_inclusive: true }, undefined, { quantity: 3 });
    expect(item).toMatchObject({
      unit_amount_net_decimal: '10.840336134454',
      amount_subtotal_decimal: '32.521008403362',
      amount_total_decimal: '38.7',
      amount_tax: 618,
    });
  });

  it('takes the decimal of the item, then of the price, and never the integer cents', () => {
    const price = { unit_amount: 999, unit_amount_decimal: '5' };
    expect(priced(price, undefined, { unit_amount_decimal: '7' }).amount_subtotal).toBe(700);
    expect(priced(price, undefined, { unit_amount_decimal: '0' }).amount_subtotal).toBe(0);
    expect(priced(price, undefined, { unit_amount_decimal: '' }).amount_subtotal).toBe(500);
    expect(priced({ unit_amount: 999 }, undefined, { unit_amount: 999 }).amount_subtotal).toBe(0);
  });

  it('uses the customer input only if the price is variable', () => {
    expect(
      priced({ unit_amount_decimal: '2', variable_price: true }, 100, { quantity: 2 }).amount_subtotal,
    ).toBe(40000);
    expect(priced({ unit_amount_decimal: '2' }, 100, { quantity: 2 }).amount_subtotal).toBe(400);
  });

  it('splits a gross amount into net and tax without losing anything', () => {
    fc.assert(
      fc.property(decimalText(900, 6), fc.integer({ min: 1, max: 9 }), (amount, quantity) => {
        const item = priced({ unit_amount_decimal: amount, is_tax_inclusive: true }, undefined, { quantity });
        expect(item.unit_amount_gross_decimal).toBe(item.unit_amount_decimal);
        expect(Number(item.amount_total_decimal)).toBeCloseTo(Number(amount) * quantity, 9);
        expect(Number(item.amount_subtotal_decimal)).toBeLessThanOrEqual(Number(item.amount_total_decimal));
      }),
    );
  });
});
