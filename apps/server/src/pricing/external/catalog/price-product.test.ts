import { computeAggregatedAndPriceTotals, type PriceItem } from '@busbar/pricing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { documentsOf } from '../../documents.ts';
import { UnusableProduct } from './partner-fields.ts';
import { priceProduct } from './price-product.ts';

const ENTRY = { org: '1', now: new Date('2026-01-01T00:00:00.000Z') };
const cents = fc.integer({ min: 0, max: 10_000_000 });
const text = (amount: number) => (amount / 100).toFixed(2);
/** A component in whole cents: subtotal, tax on top, once or every month. */
const component = fc.record({ subtotal: cents, tax: cents, isRecurring: fc.boolean() });
const product = (components: readonly { subtotal: number; tax: number; isRecurring: boolean }[]) => ({
  id: 'product',
  price: {
    id: 'price',
    price_components: components.map(({ subtotal, tax, isRecurring }) => ({
      ...(isRecurring ? { type: 'recurring', billing_period: 'monthly' } : { type: 'one_time' }),
      amount_total_decimal: text(subtotal + tax),
      amount_subtotal_decimal: text(subtotal),
      tax: { rate: 19 },
    })),
  },
});
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

it("adds a partner's amounts up to the cent, and to the same when the item comes back", () => {
  fc.assert(
    fc.property(fc.array(component, { minLength: 1, maxLength: 20 }), (components) => {
      const { details, differs } = priceProduct(product(components), ENTRY);
      const subtotal = sum(components.map((one) => one.subtotal));
      const tax = sum(components.map((one) => one.tax));
      expect(details).toMatchObject({
        amount_subtotal: subtotal,
        amount_tax: tax,
        amount_total: subtotal + tax,
      });
      expect(differs).toBe(false);
      const items: readonly PriceItem[] = documentsOf(details['items']);
      const [item] = items;
      const again = computeAggregatedAndPriceTotals([
        { is_composite_price: true, _price: item?._price ?? null, _immutable_pricing_details: { items } },
      ]);
      expect(again.amount_total).toBe(subtotal + tax);
      expect(again.total_details).toEqual(details['total_details']);
    }),
  );
});

it('reads anything or says why not', () => {
  const price = fc.record(
    {
      id: fc.constant('price'),
      amount_total_decimal: fc.constantFrom('1', '12.34', '0.000000000001', '-1', '1e3', 5, null),
      amount_total: fc.constantFrom(100, 0.5, '1', null),
      unit_amount_decimal: fc.oneof(fc.jsonValue(), fc.constant('2')),
      tax: fc.oneof(fc.jsonValue(), fc.constantFrom([null], [{}], { rate: '7' }, { rate: [] })),
      coupons: fc.jsonValue(),
      price_components: fc.jsonValue(),
      total_details: fc.jsonValue(),
    },
    { requiredKeys: ['id', 'amount_total_decimal'] },
  );
  fc.assert(
    fc.property(
      fc.record({ id: fc.constant('product'), price, metadata: fc.jsonValue(), features: fc.jsonValue() }),
      (one) => {
        try {
          expect(Number(priceProduct(one, ENTRY).details['amount_total'])).toBeGreaterThanOrEqual(0);
        } catch (error) {
          if (!(error instanceof UnusableProduct)) throw error;
          expect(error.message).toMatch(/^product/);
        }
      },
    ),
  );
});
