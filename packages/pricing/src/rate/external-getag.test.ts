import { describe, expect, it } from 'vitest';
import type { PriceGetAg } from '../contract/get-ag.ts';
import { priced } from '../testing/priced.ts';

const fees = [{ price_id: 'p', frequency_unit: 'yearly', amount_total_decimal: '360' }];

function getAg(block: PriceGetAg, consumption?: number, item = {}) {
  const price = { pricing_model: 'external_getag', get_ag: block };
  return priced(price, consumption, { external_fees_mappings: fees, ...item });
}

const tiers = [
  {
    up_to: 1000,
    unit_amount: 5,
    unit_amount_decimal: '0.05',
    flat_fee_amount: 900,
    flat_fee_amount_decimal: '9.00',
  },
  { unit_amount: 4, unit_amount_decimal: '0.04', flat_fee_amount: 700, flat_fee_amount_decimal: '7.00' },
];

describe('a work price with regulated fees', () => {
  const work = { type: 'work_price', markup_amount: 10, markup_amount_decimal: '0.10' };

  it('spreads the yearly fee over the consumption', () => {
    const item = getAg(work, 3600);
    expect(item).toMatchObject({
      unit_amount_net_decimal: '0.2',
      amount_subtotal: 72000,
      amount_total: 85680,
    });
    expect(item.get_ag).toMatchObject({
      unit_amount_net_decimal: '0.1',
      markup_total_amount_gross_decimal: '0.119',
    });
  });

  it('adds the markups by name, if they are enabled', () => {
    const additional_markups = { procurement: { amount: 1, amount_decimal: '0.01' } };
    const enabled = getAg({ ...work, additional_markups_enabled: true, additional_markups }, 3600);
    expect(enabled.amount_subtotal).toBe(75600);
    expect(enabled.get_ag?.additional_markups).toStrictEqual({
      procurement: {
        amount: 1,
        amount_decimal: '0.01',
        amount_net: 1,
        amount_net_decimal: '0.01',
        amount_gross: 1,
        amount_gross_decimal: '0.0119',
      },
    });
    const disabled = getAg({ ...work, additional_markups }, 3600);
    expect(disabled.amount_subtotal).toBe(72000);
    expect(disabled.get_ag).not.toHaveProperty('additional_markups');
  });

  it('takes its markup from a tier', () => {
    const volume = getAg({ ...work, markup_pricing_model: 'tiered_volume', markup_tiers: tiers }, 3600);
    expect(volume.amount_subtotal).toBe(50400);
    expect(volume.get_ag).toMatchObject({ markup_amount: 4, markup_amount_decimal: '0.04' });
    const nothing = getAg({ ...work, markup_pricing_model: 'tiered_volume', markup_tiers: [] }, 3600);
    expect(nothing.amount_subtotal).toBe(36000);
  });

  it('costs nothing without consumption, without a fee and without its block', () => {
    expect(getAg(work, 0).amount_total).toBe(0);
    expect(getAg(work, 3600, { external_fees_mappings: [] }).amount_total).toBe(0);
    expect(priced({ pricing_model: 'external_getag' }, 3600, { external_fees_mappings: fees })).toMatchObject(
      {
        amount_total: 0,
        get_ag: { markup_amount_net: 0 },
      },
    );
  });
});

describe('a base price with regulated fees', () => {
  const base = { type: 'base_price', markup_amount_decimal: '12' };

  it('ignores the quantity', () => {
    expect(getAg(base, undefined, { quantity: 5 })).toMatchObject({
      amount_subtotal: 37200,
      amount_total: 44268,
    });
  });

  it('takes a flat-fee markup from the tier of the consumption', () => {
    const block = { ...base, markup_pricing_model: 'tiered_flatfee', markup_tiers: tiers };
    expect(getAg(block, 900).amount_subtotal).toBe(36900);
    expect(getAg(block, 9000).amount_subtotal).toBe(36700);
  });
});
