import { describe, expect, it } from 'vitest';
import type { PriceDynamicTariff } from '../contract/dynamic-tariff.ts';
import { priced } from '../testing/priced.ts';

function spot(block: PriceDynamicTariff, fee: string | undefined, inclusive = false) {
  const fees =
    fee === undefined ? [] : [{ price_id: 'p', frequency_unit: 'YEARLY', amount_total_decimal: fee }];
  const price = { pricing_model: 'dynamic_tariff', dynamic_tariff: block, is_tax_inclusive: inclusive };
  return priced(price, 300, { external_fees_mappings: fees });
}

describe('a dynamic tariff', () => {
  const market = { mode: 'day_ahead_market', markup_amount_decimal: '0.02' };

  it('adds a net markup to the net market price', () => {
    const item = spot(market, '0.08');
    expect(item).toMatchObject({ unit_amount_decimal: '0.1', amount_subtotal: 3000, amount_total: 3570 });
    expect(item.dynamic_tariff).toMatchObject({
      unit_amount_gross_decimal: '0.0952',
      markup_amount_net_decimal: '0.02',
    });
  });

  it('adds a gross markup to the taxed market price', () => {
    expect(spot(market, '0.08', true)).toMatchObject({ unit_amount_decimal: '0.1152', amount_total: 3456 });
  });

  it('uses only the average price in manual mode', () => {
    const item = spot({ mode: 'manual', average_price_decimal: '0.25' }, '0.08');
    expect(item.amount_subtotal).toBe(7500);
    expect(item.dynamic_tariff).not.toHaveProperty('unit_amount_net');
  });

  it('follows the market below zero', () => {
    expect(spot(market, '-0.05').amount_subtotal).toBe(-900);
  });

  it('costs nothing without a fee mapping', () => {
    expect(spot(market, undefined)).toMatchObject({ amount_total: 0, dynamic_tariff: market });
    expect(spot({ mode: 'manual', average_price_decimal: '0.25' }, undefined).amount_total).toBe(0);
  });
});
