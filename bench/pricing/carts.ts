import type { Price, PriceItemDto } from '@busbar/pricing';

/** A kind of position, by the price model or feature it exercises. */
export type CartKind =
  | 'per_unit'
  | 'per_unit variable'
  | 'tiered_volume'
  | 'tiered_flatfee'
  | 'tiered_graduated'
  | 'dynamic_tariff'
  | 'external_getag'
  | 'composite'
  | 'discount'
  | 'cashback'
  | 'mixed';

const SINGLE_KINDS: readonly Exclude<CartKind, 'mixed'>[] = [
  'per_unit',
  'per_unit variable',
  'tiered_volume',
  'tiered_flatfee',
  'tiered_graduated',
  'dynamic_tariff',
  'external_getag',
  'composite',
  'discount',
  'cashback',
];

export const CART_KINDS: readonly CartKind[] = [...SINGLE_KINDS, 'mixed'];

const TAX = { _id: 'tax-19', type: 'VAT', rate: 19, description: 'Standard rate', active: true };

/**
 * A cart of `size` positions of one kind. Amounts, quantities and inputs differ by `variant` and position, so that
 * neither number texts nor factors repeat between carts more than they do in practice.
 */
export function cartOf(kind: CartKind, size: number, variant: number): PriceItemDto[] {
  return Array.from({ length: size }, (_, position) => {
    const seed = variant * 101 + position * 7;
    const single = kind === 'mixed' ? (SINGLE_KINDS[position % SINGLE_KINDS.length] ?? 'per_unit') : kind;
    return itemOf(single, seed);
  });
}

function itemOf(kind: Exclude<CartKind, 'mixed'>, seed: number): PriceItemDto {
  const id = `price-${kind}-${seed}`;
  const item = {
    quantity: 1 + (seed % 3),
    price_id: id,
    product_id: `product-${seed}`,
    _product: {
      _id: `product-${seed}`,
      _schema: 'product',
      _org: '739224',
      name: 'Strom Natur',
      _tags: ['power'],
    },
    _price: priceOf(kind, id, seed),
  };
  const consumption = {
    price_id: id,
    value: 1500 + seed * 3.5,
    frequency_unit: 'yearly',
    name: 'consumption',
  };
  switch (kind) {
    case 'per_unit':
      return item;
    case 'discount':
      return { ...item, _coupons: [couponOf('discount', seed)] };
    case 'cashback':
      return { ...item, _coupons: [couponOf('cashback', seed)] };
    case 'composite': {
      const mapping = { ...consumption, price_id: `${id}-work` };
      return { ...item, is_composite_price: true, price_mappings: [mapping] };
    }
    case 'dynamic_tariff':
      return {
        ...item,
        price_mappings: [consumption],
        external_fees_mappings: [feeOf(id, 'monthly', 0.08 + seed / 1e5)],
      };
    case 'external_getag':
      return {
        ...item,
        price_mappings: [consumption],
        external_fees_mappings: [feeOf(id, 'yearly', 480 + seed)],
      };
    default:
      return { ...item, price_mappings: [consumption] };
  }
}

function priceOf(kind: CartKind, id: string, seed: number): Price {
  const amount = (11.9 + seed / 100).toFixed(2);
  const base = {
    _id: id,
    _schema: 'price',
    _org: '739224',
    _created_at: '2026-02-07T14:49:08.831Z',
    _updated_at: '2026-03-07T14:49:08.831Z',
    _title: 'Strom Natur',
    active: true,
    description: 'Strom Natur, monthly',
    pricing_model: 'per_unit',
    unit_amount: Math.round(Number(amount) * 100),
    unit_amount_decimal: amount,
    unit_amount_currency: 'EUR',
    is_tax_inclusive: true,
    type: 'recurring',
    billing_period: 'monthly',
    tax: [TAX],
    price_display_in_journeys: 'show_price',
  };
  const perKwh = (0.24 + seed / 1e4).toFixed(4);
  switch (kind) {
    case 'per_unit variable':
      return { ...base, variable_price: true, unit: 'kwh', unit_amount_decimal: perKwh };
    case 'tiered_volume':
    case 'tiered_graduated':
      return { ...base, pricing_model: kind, unit: 'kwh', tiers: unitTiers(seed) };
    case 'tiered_flatfee':
      return { ...base, pricing_model: kind, unit: 'kwh', tiers: feeTiers(seed) };
    case 'dynamic_tariff':
      return { ...base, pricing_model: kind, unit: 'kwh', dynamic_tariff: dynamicBlock(seed) };
    case 'external_getag':
      return { ...base, pricing_model: kind, is_tax_inclusive: false, unit: 'kwh', get_ag: getAgBlock(seed) };
    case 'composite':
      return {
        ...base,
        is_composite_price: true,
        price_components: [
          { ...base, _id: `${id}-base` },
          { ...base, _id: `${id}-work`, unit: 'kwh', variable_price: true, unit_amount_decimal: perKwh },
        ],
      };
    default:
      return base;
  }
}

function unitTiers(seed: number) {
  const decimal = (0.35 + seed / 1e5).toFixed(5);
  return [
    { up_to: 100, unit_amount: 35, unit_amount_decimal: decimal },
    { up_to: 250, unit_amount: 33, unit_amount_decimal: '0.3325' },
    { unit_amount: 30, unit_amount_decimal: '0.2990' },
  ];
}

function feeTiers(seed: number) {
  return [
    { up_to: 200, flat_fee_amount: 1490, flat_fee_amount_decimal: (14.9 + seed / 100).toFixed(2) },
    { flat_fee_amount: 990, flat_fee_amount_decimal: (9.9 + seed / 100).toFixed(2) },
  ];
}

function dynamicBlock(seed: number) {
  const markup = (0.02 + seed / 1e6).toFixed(6);
  return { mode: 'day_ahead_market', interval: 'hourly', markup_amount: 2, markup_amount_decimal: markup };
}

function getAgBlock(seed: number) {
  const markup = (0.08 + seed / 1e6).toFixed(6);
  return {
    category: 'power',
    type: 'work_price',
    tariff_type: 'HT',
    markup_amount: 8,
    markup_amount_decimal: markup,
  };
}

function feeOf(id: string, frequency: string, amount: number) {
  const decimal = amount.toFixed(6);
  return { price_id: id, frequency_unit: frequency, amount_total: 100, amount_total_decimal: decimal };
}

function couponOf(category: string, seed: number) {
  const coupon = {
    _id: `coupon-${seed}`,
    _schema: 'coupon',
    name: 'Welcome',
    category,
    cashback_period: '12',
  };
  return category === 'discount'
    ? { ...coupon, type: 'percentage', percentage_value: String(5 + (seed % 20)) }
    : {
        ...coupon,
        type: 'fixed',
        fixed_value: 5000,
        fixed_value_decimal: '50.00',
        fixed_value_currency: 'EUR',
      };
}
