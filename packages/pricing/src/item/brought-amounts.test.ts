import { describe, expect, it } from 'vitest';
import { computeAggregatedAndPriceTotals } from '../index.ts';

function priced(extra: object): unknown {
  return computeAggregatedAndPriceTotals([{ unit_amount_decimal: '10.00', ...extra }]).items[0];
}

describe('amounts an item brings along', () => {
  it('are taken for amounts × 10^12', () => {
    const item = { discount_amount: 25e11, before_discount_amount_total: 125e11, cashback_amount: 3e12 };
    expect(priced(item)).toMatchObject({
      discount_amount: 250,
      discount_amount_decimal: '2.5',
      before_discount_amount_total: 1250,
      before_discount_amount_total_decimal: '12.5',
      cashback_amount: 300,
      cashback_amount_decimal: '3',
    });
  });

  it('of every discount field get a decimal text', () => {
    const fields = [
      'unit_discount_amount',
      'unit_discount_amount_net',
      'tax_discount_amount',
      'discount_amount_net',
    ];
    const before = ['unit_amount', 'unit_amount_gross', 'unit_amount_net', 'tax_amount', 'amount_subtotal'];
    for (const field of [...fields, ...before.map((name) => `before_discount_${name}`)]) {
      expect(priced({ [field]: 1e12 })).toMatchObject({ [field]: 100, [`${field}_decimal`]: '1' });
    }
  });

  it('must be whole numbers', () => {
    expect(() => priced({ discount_amount: 0.5 })).toThrow(/whole amount/);
  });

  it('are scaled in tier rows and model blocks of that model, and untouched in others', () => {
    const rows = [{ quantity: 2, unit_amount: 7, unit_amount_net: 1e12, amount_tax: 5e11 }];
    expect(priced({ tiers_details: rows })).toMatchObject({
      tiers_details: [{ quantity: 2, unit_amount: 7, unit_amount_net: 100, amount_tax: 50 }],
    });
    const getAg = {
      unit_amount_net: 1e12,
      unit_amount_gross: 119e10,
      markup_total_amount_net: 2e12,
      additional_markups_enabled: true,
      additional_markups: {
        other: { amount: 1, amount_decimal: '0.01', amount_net: 1e10, amount_gross: 2e10 },
      },
    };
    expect(priced({ get_ag: getAg, pricing_model: 'external_getag' })).toMatchObject({
      get_ag: {
        unit_amount_net: 100,
        unit_amount_gross_decimal: '1.19',
        markup_total_amount_net: 200,
        additional_markups: {
          other: { amount: 1, amount_net: 1, amount_net_decimal: '0.01', amount_gross: 2 },
        },
      },
    });
    const tariff = { unit_amount_net: 1e12, unit_amount_gross: 0 };
    expect(priced({ dynamic_tariff: tariff, pricing_model: 'dynamic_tariff' })).toHaveProperty(
      'dynamic_tariff',
      {
        unit_amount_net: 100,
        unit_amount_net_decimal: '1',
      },
    );
    expect(priced({ dynamic_tariff: tariff })).toHaveProperty('dynamic_tariff', tariff);
  });
});
