import fc from 'fast-check';
import type { Coupon } from '../contract/coupon.ts';
import type { Price } from '../contract/price.ts';
import type { ExternalFeeMapping, PriceInputMapping, PriceItemDto } from '../contract/price-item.ts';

const PERIODS = ['weekly', 'monthly', 'every_quarter', 'every_6_months', 'yearly'] as const;

/** Taxes whose id belongs to one rate, as in a real catalog. */
const TAXES = [19, 7, 20, 8.1].map((rate) => ({ _id: `tax-${rate}`, type: 'VAT', rate }));

/** A decimal text below `max` units with up to `digits` fraction digits. */
export function decimalText(max: number, digits: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.integer({ min: 0, max: max - 1 }), fc.integer({ min: 0, max: 10 ** digits - 1 }))
    .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(digits, '0')}`);
}

const recurrence = fc.oneof(
  fc.constant({ type: 'one_time' }),
  fc.record({ type: fc.constant('recurring'), billing_period: fc.constantFrom(...PERIODS) }),
);

const upTo = fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 3 });

const tiers = fc.tuple(upTo, decimalText(2, 4), decimalText(200, 2)).map(([bounds, unit, fee]) => {
  const amounts = {
    unit_amount: 1,
    unit_amount_decimal: unit,
    flat_fee_amount: 1,
    flat_fee_amount_decimal: fee,
  };
  const closed = bounds.toSorted((a, b) => a - b).map((bound) => ({ up_to: bound, ...amounts }));
  return [...closed, { ...amounts }];
});

const perUnit = fc.record({
  pricing_model: fc.constant('per_unit'),
  unit_amount: fc.constant(1),
  unit_amount_decimal: decimalText(300, 4),
  variable_price: fc.boolean(),
});

const tiered = fc.record({
  pricing_model: fc.constantFrom('tiered_volume', 'tiered_flatfee', 'tiered_graduated'),
  tiers,
});

const dynamic = fc.record({
  pricing_model: fc.constant('dynamic_tariff'),
  dynamic_tariff: fc.record({
    mode: fc.constantFrom('manual', 'day_ahead_market'),
    average_price_decimal: decimalText(1, 6),
    markup_amount_decimal: decimalText(1, 6),
  }),
});

const getAg = fc.record({
  pricing_model: fc.constant('external_getag'),
  get_ag: fc.record({
    type: fc.constantFrom('base_price', 'work_price'),
    markup_amount_decimal: decimalText(1, 4),
    additional_markups_enabled: fc.boolean(),
    additional_markups: fc.constant({ procurement: { amount: 1, amount_decimal: '0.0112' } }),
  }),
});

const price: fc.Arbitrary<Price> = fc
  .tuple(
    fc.uuid(),
    fc.oneof(perUnit, tiered, dynamic, getAg),
    recurrence,
    fc.boolean(),
    fc.option(fc.constantFrom(...TAXES), { nil: undefined }),
  )
  .map(([_id, model, when, inclusive, tax]) => ({
    _id,
    ...model,
    ...when,
    unit_amount_currency: 'EUR',
    is_tax_inclusive: inclusive,
    ...(tax ? { tax: [tax] } : {}),
  }));

const coupon: fc.Arbitrary<Coupon> = fc.oneof(
  fc.record({
    _id: fc.uuid(),
    name: fc.constant('Welcome'),
    type: fc.constant('percentage'),
    category: fc.constantFrom('discount', 'cashback'),
    percentage_value: fc.integer({ min: 0, max: 100 }).map(String),
  }),
  fc.record({
    _id: fc.uuid(),
    name: fc.constant('Welcome'),
    type: fc.constant('fixed'),
    category: fc.constantFrom('discount', 'cashback'),
    fixed_value: fc.constant(1),
    fixed_value_decimal: decimalText(20, 2),
    fixed_value_currency: fc.constant('EUR'),
  }),
);

function mappingsOf(
  id: string,
  value: number,
  fee: string,
): {
  price_mappings: PriceInputMapping[];
  external_fees_mappings: ExternalFeeMapping[];
} {
  return {
    price_mappings: [{ price_id: id, value, frequency_unit: 'yearly' }],
    external_fees_mappings: [{ price_id: id, frequency_unit: 'yearly', amount_total_decimal: fee }],
  };
}

const simpleItem: fc.Arbitrary<PriceItemDto> = fc
  .tuple(
    price,
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 9000 }),
    decimalText(500, 2),
    fc.array(coupon, { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([_price, quantity, value, fee, coupons, mapped]) => ({
    quantity,
    price_id: _price._id,
    _price,
    ...(coupons.length > 0 ? { _coupons: coupons } : {}),
    ...(mapped ? mappingsOf(_price._id ?? '', value, fee) : {}),
  }));

const compositeItem: fc.Arbitrary<PriceItemDto> = fc
  .tuple(fc.array(price, { maxLength: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9000 }))
  .map(([components, quantity, value]) => ({
    quantity,
    is_composite_price: true,
    price_mappings: components.map((component) => ({
      price_id: component._id,
      value,
      frequency_unit: 'yearly',
    })),
    _price: { _id: 'composite', is_composite_price: true, price_components: components },
  }));

/** Carts as a catalog of an energy utility produces them: every model, composites, taxes, coupons and inputs. */
export const cart: fc.Arbitrary<PriceItemDto[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: simpleItem }, { weight: 1, arbitrary: compositeItem }),
  { maxLength: 6 },
);
