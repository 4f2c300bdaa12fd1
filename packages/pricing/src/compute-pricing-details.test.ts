import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactArithmetic } from './arithmetic/exact-arithmetic.ts';
import { computeAggregatedAndPriceTotals } from './compute-pricing-details.ts';
import type { PriceItemDto } from './contract/price-item.ts';
import type { PricingDetails } from './contract/pricing-details.ts';
import { PricingError } from './pricing-error.ts';
import { cart, decimalText } from './testing/cart-arbitrary.ts';
import { deepFreeze, walk } from './testing/walk.ts';

const modes = ['published', 'exact'] as const;

function price(items: readonly PriceItemDto[], arithmetic: (typeof modes)[number]): PricingDetails {
  return computeAggregatedAndPriceTotals(items, { arithmetic });
}

/** Sums decimal texts exactly and rounds the sum to cents. */
function centsOfSum(texts: readonly (string | undefined)[]): number {
  const sum = texts.reduce((total, text) => total + exactArithmetic.fine(text), 0n);
  return exactArithmetic.cents(sum);
}

function oddNumbers(result: unknown): string[] {
  const found: string[] = [];
  walk(result, (value, path) => {
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) found.push(path);
    if (typeof value === 'bigint') found.push(path);
  });
  return found;
}

/** Cents up to which doubles at the scale of 10^12 hold every digit: 2^53 / 10^10. */
const EXACT_CENTS = 900_000;

describe.each(modes)('any cart, %s arithmetic', (arithmetic) => {
  it('is priced without changing it', () => {
    fc.assert(
      fc.property(cart, (items) => {
        price(deepFreeze(items), arithmetic);
      }),
    );
  });

  it('gives the same result every time', () => {
    fc.assert(
      fc.property(cart, (items) => {
        expect(price(items, arithmetic)).toStrictEqual(price(items, arithmetic));
      }),
    );
  });

  it('has no number that JSON could not carry', () => {
    fc.assert(
      fc.property(cart, (items) => {
        expect(oddNumbers(price(items, arithmetic))).toStrictEqual([]);
      }),
    );
  });

  it('has totals that are the sum of its items and of its recurrences', () => {
    fc.assert(
      fc.property(cart, (items) => {
        const result = price(items, arithmetic);
        // Beyond 2^53 steps of 10^-12 doubles lose digits, each sum its own ones (spec/pricing.md A2).
        fc.pre(arithmetic === 'exact' || Math.abs(result.amount_total) < EXACT_CENTS);
        const { recurrences } = result.total_details.breakdown;
        expect(centsOfSum(result.items.map((item) => item.amount_total_decimal))).toBe(result.amount_total);
        expect(centsOfSum(recurrences.map((row) => row.amount_total_decimal))).toBe(result.amount_total);
        expect(centsOfSum(recurrences.map((row) => row.amount_subtotal_decimal))).toBe(
          result.amount_subtotal,
        );
      }),
    );
  });

  it('has tax rows that add up to its tax, but for half a cent each', () => {
    fc.assert(
      fc.property(cart, (items) => {
        const { amount_tax, total_details } = price(items, arithmetic);
        const { taxes, recurrencesByTax } = total_details.breakdown;
        const sum = taxes.reduce((total, row) => total + row.amount, 0);
        const byRecurrence = recurrencesByTax.reduce((total, row) => total + row.amount_tax, 0);
        expect(total_details.amount_tax).toBe(amount_tax);
        expect(Math.abs(sum - amount_tax)).toBeLessThanOrEqual((taxes.length + 1) / 2);
        expect(Math.abs(byRecurrence - amount_tax)).toBeLessThanOrEqual((recurrencesByTax.length + 1) / 2);
      }),
    );
  });

  it('reads back what it printed: computed items without coupons cost the same again', () => {
    fc.assert(
      fc.property(cart, (items) => {
        const first = price(
          items.filter((item) => !item._coupons && item.is_composite_price !== true),
          arithmetic,
        );
        const again = price(JSON.parse(JSON.stringify(first.items)), arithmetic);
        expect(again.amount_total).toBe(first.amount_total);
        expect(again.amount_tax).toBe(first.amount_tax);
      }),
    );
  });
});

describe('exact arithmetic', () => {
  it('does not depend on the order of the items', () => {
    const shuffled = cart.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
    );
    const recurrences = (result: PricingDetails) =>
      result.total_details.breakdown.recurrences
        .map(
          (row) =>
            `${row.type} ${row.billing_period} ${row.amount_total_decimal} ${row.amount_subtotal_decimal}`,
        )
        .toSorted();
    const taxes = (result: PricingDetails) =>
      result.total_details.breakdown.taxes.map((row) => `${row.tax.rate} ${row.amount}`).toSorted();
    fc.assert(
      fc.property(shuffled, ([items, other]) => {
        const [a, b] = [price(items, 'exact'), price(other, 'exact')];
        expect([b.amount_total, b.amount_subtotal, b.amount_tax]).toStrictEqual([
          a.amount_total,
          a.amount_subtotal,
          a.amount_tax,
        ]);
        expect(recurrences(b)).toStrictEqual(recurrences(a));
        expect(taxes(b)).toStrictEqual(taxes(a));
      }),
    );
  });

  it('agrees digit for digit while every step is exact in doubles', () => {
    const rate = fc.constantFrom(undefined, 7, 19, 20);
    const item = fc
      .tuple(decimalText(30, 2), fc.integer({ min: -20, max: 20 }), rate, fc.boolean())
      .map(([amount, quantity, percent, inclusive]) => ({
        quantity,
        unit_amount_decimal: amount,
        is_tax_inclusive: inclusive,
        ...(percent === undefined ? {} : { taxes: [{ tax: { rate: percent } }] }),
      }));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        expect(price(items, 'exact')).toStrictEqual(price(items, 'published'));
      }),
    );
  });

  it('stays within a cent of the published results for totals below 9 000 units', () => {
    fc.assert(
      fc.property(cart, (items) => {
        const [published, exact] = [price(items, 'published'), price(items, 'exact')];
        fc.pre(Math.abs(published.amount_total) < 900_000);
        expect(Math.abs(exact.amount_total - published.amount_total)).toBeLessThanOrEqual(1);
        expect(Math.abs(exact.amount_tax - published.amount_tax)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keeps digits that doubles lose, and prints small amounts without an exponent', () => {
    const large = price([{ quantity: 3, unit_amount_decimal: '123456789.000000000007' }], 'exact').items[0];
    expect(large?.amount_total_decimal).toBe('370370367.000000000021');
    const small = price([{ unit_amount_decimal: '0.0000004' }], 'exact').items[0];
    expect(small?.unit_amount_decimal).toBe('0.0000004');
    expect(price([{ unit_amount_decimal: '0.0000004' }], 'published').items[0]?.unit_amount_decimal).toBe(
      '4e-7',
    );
  });
});

describe('a cart that cannot be priced', () => {
  function errorOf(items: unknown): PricingError {
    try {
      Reflect.apply(computeAggregatedAndPriceTotals, undefined, [items]);
    } catch (error) {
      if (error instanceof PricingError) return error;
      throw error;
    }
    throw new Error('it was priced');
  }

  it('is reported with a code and the position of the item', () => {
    const error = errorOf([{ quantity: 1 }, { unit_amount_decimal: '5,50' }]);
    expect([error.code, error.itemIndex]).toStrictEqual(['INVALID_DECIMAL', 1]);
  });

  it.each([
    ['INVALID_ITEM', undefined, 'cart'],
    ['INVALID_ITEM', 0, [null]],
    ['INVALID_ITEM', 0, [{ _price: { unit_amount_currency: 5 } }]],
    ['INVALID_ITEM', 0, [{ _price: { pricing_model: 'tiered_volume', tiers: null } }]],
    ['INVALID_TIERS', 0, [{ _price: { pricing_model: 'tiered_graduated', tiers: [{}, { up_to: 5 }] } }]],
    ['INVALID_DECIMAL', 0, [{ unit_amount_decimal: 5 }]],
    ['INVALID_AMOUNT', 0, [{ unit_amount_decimal: `9${'0'.repeat(290)}`, quantity: 1e20 }]],
    ['INVALID_AMOUNT', 0, [{ unit_amount_decimal: '1', quantity: Number.POSITIVE_INFINITY }]],
    ['INVALID_AMOUNT', 0, [{ unit_amount: 0.5, _price: { pricing_model: 'tiered_volume' } }]],
    ['FEE_WITHOUT_PRICE', 0, [{ external_fees_mappings: [{}] }]],
    ['MISSING_TAXES', 0, [{ _immutable_pricing_details: { items: [{}] } }]],
  ] as const)('%s at %s', (code, index, items) => {
    const error = errorOf(items);
    expect([error.code, error.itemIndex]).toStrictEqual([code, index]);
  });

  it('keeps the cause of an unforeseen failure', () => {
    expect(errorOf([{ _price: { unit_amount_currency: 5 } }]).cause).toBeInstanceOf(TypeError);
  });

  it('never gives a number that is none, whatever an item contains', () => {
    const keys = [
      'quantity',
      'unit_amount',
      'unit_amount_decimal',
      'type',
      'billing_period',
      'taxes',
      'price_mappings',
      'external_fees_mappings',
      'item_components',
      'is_composite_price',
      '_coupons',
      'discount_amount',
      'cashback_amount',
      'get_ag',
      'dynamic_tariff',
      'tiers_details',
      '_immutable_pricing_details',
    ];
    const junk = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));
    const spoiled = fc.tuple(
      cart,
      fc.dictionary(fc.constantFrom(...keys), junk),
      fc.dictionary(fc.constantFrom('tiers', 'tax', 'get_ag', 'pricing_model', 'price_components'), junk),
    );
    fc.assert(
      fc.property(spoiled, fc.constantFrom(...modes), ([items, itemJunk, priceJunk], arithmetic) => {
        const sent: PriceItemDto[] = items.map((item) => ({
          ...item,
          ...itemJunk,
          _price: { ...item._price, ...priceJunk },
        }));
        try {
          expect(oddNumbers(price(sent, arithmetic))).toStrictEqual([]);
        } catch (error) {
          if (!(error instanceof PricingError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
