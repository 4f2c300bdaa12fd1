import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priced } from '../testing/priced.ts';

const tiers = [
  { up_to: 100, unit_amount_decimal: '1.25' },
  { up_to: 500, unit_amount_decimal: '1.10' },
  { unit_amount_decimal: '0.98' },
];
const price = { pricing_model: 'tiered_graduated', tiers, tax: [] };

describe('a graduated price', () => {
  it('charges every tier for its own slice', () => {
    const item = priced(price, 750);
    expect(item).toMatchObject({ amount_subtotal: 81000, unit_amount_net_decimal: '3.33' });
    expect(item.tiers_details?.map((row) => row.quantity)).toStrictEqual([100, 400, 250]);
  });

  it('charges exactly one unit without an input', () => {
    expect(priced(price, undefined, { quantity: 7 }).amount_subtotal).toBe(125);
  });

  it('multiplies sums by the quantity, rows not', () => {
    const item = priced(price, 750, { quantity: 3 });
    expect(item.amount_subtotal).toBe(243000);
    expect(item.tiers_details?.[0]?.amount_subtotal).toBe(12500);
  });

  it('costs nothing and has no rows for a negative input', () => {
    const item = priced(price, -5);
    expect(item.amount_subtotal).toBe(0);
    expect(item).not.toHaveProperty('tiers_details');
  });

  it('has slices that add up to the input, and never costs less for more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 0, max: 500 }),
        (consumption, more) => {
          const item = priced(price, consumption);
          const used = item.tiers_details?.reduce((sum, row) => sum + (row.quantity ?? 0), 0);
          expect(used).toBe(consumption);
          expect(priced(price, consumption + more).amount_total).toBeGreaterThanOrEqual(
            item.amount_total ?? 0,
          );
        },
      ),
    );
  });

  it.each([
    ['an open tier in the middle', [{ up_to: null }, { up_to: 5 }]],
    ['bounds out of order', [{ up_to: 10 }, { up_to: 5 }]],
  ])('rejects %s', (_, wrong) => {
    expect(() => priced({ ...price, tiers: wrong }, 20)).toThrow(/must ascend/);
  });
});
