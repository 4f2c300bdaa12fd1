import { describe, expect, it } from 'vitest';
import { priced } from '../testing/priced.ts';

const tiers = [
  { up_to: 1000, unit_amount: 35, unit_amount_decimal: '0.35' },
  { up_to: 2500, unit_amount: 33, unit_amount_decimal: '0.33' },
  { unit_amount: 30, unit_amount_decimal: '0.30', display_mode: 'on_request' },
];
const price = { pricing_model: 'tiered_volume', tiers };

describe('a volume price', () => {
  it.each([
    [0, 0],
    [1000, 35000],
    [1000.01, 33000],
    [2500, 82500],
    [2501, 75030],
    [-1, 0],
  ])('costs, for %d kWh, %d cents', (consumption, cents) => {
    expect(priced(price, consumption).amount_subtotal).toBe(cents);
  });

  it('chooses the tier for one unit without an input', () => {
    const item = priced(price, undefined, { quantity: 5000 });
    expect(item.amount_subtotal).toBe(175000);
    expect(item.tiers_details).toStrictEqual([
      {
        quantity: 5000,
        unit_amount: 35,
        unit_amount_decimal: '0.35',
        unit_amount_net: 35,
        unit_amount_gross: 42,
        amount_subtotal: 175000,
        amount_total: 208250,
        amount_tax: 33250,
      },
    ]);
  });

  it('hides the price at a tier on request, and shows it as before below that tier', () => {
    const hidden = priced({ ...price, price_display_in_journeys: 'show_price' }, 3000);
    expect(hidden.price_display_in_journeys).toBe('show_as_on_request');
    expect(hidden._price?.unchanged_price_display_in_journeys).toBe('show_price');
    const shown = priced(hidden._price ?? {}, 500, { ...hidden, price_mappings: null });
    expect(shown._price?.price_display_in_journeys).toBe('show_price');
  });
});
