import { randomUUID } from 'node:crypto';
import { type Coupon, toDinero } from '@busbar/pricing';
import type { Document } from '../../../entities/index.ts';
import { decimalText } from '../decimal-text.ts';
import { amountIn, listIn, oneOf, textIn, UnusableProduct } from './partner-fields.ts';
import { centsOf } from './price-amounts.ts';

const MOST_COUPONS = 20;
const PERCENTAGE = /^\d{1,3}(\.\d{1,6})?$/;
const CASHBACK_PERIODS = ['0', '12'] as const;

/** Amounts that a coupon has changed, as decimal texts, by the names of the contract's `DiscountAmounts` and `CashbackAmounts`. */
const DISCOUNT = [
  'unit_discount_amount',
  'unit_discount_amount_net',
  'before_discount_unit_amount',
  'before_discount_unit_amount_gross',
  'before_discount_unit_amount_net',
  'discount_amount',
  'discount_amount_net',
  'tax_discount_amount',
  'before_discount_tax_amount',
  'before_discount_amount_total',
  'before_discount_amount_subtotal',
] as const;

/** Whose catalog a product enters, and when (UTC): coupons say so, as those of the organisation's own catalog do. */
export interface Entry {
  readonly org: string;
  readonly now: Date;
}

/** The coupons of a partner's price as snapshots with ids of their own (spec/pricing.md B20.6). @throws UnusableProduct */
export function couponSnapshots(
  price: Document,
  currency: string,
  { org, now }: Entry,
  path: string,
): readonly (Coupon & Document)[] {
  return listIn(price, 'coupons', MOST_COUPONS, path).map((coupon, index) => {
    const own = `${path}.coupons[${index}]`;
    const type = oneOf(coupon, 'type', ['fixed', 'percentage'], own);
    const category = oneOf(coupon, 'category', ['discount', 'cashback'], own) ?? 'discount';
    const name = textIn(coupon, 'name', own) ?? '';
    const entered = now.toISOString();
    const period = oneOf(coupon, 'cashback_period', CASHBACK_PERIODS, own);
    return {
      _id: randomUUID(),
      _org: org,
      _schema: 'coupon',
      _title: name,
      _created_at: entered,
      _updated_at: entered,
      name,
      category,
      ...(type === 'percentage' ? percentage(coupon, own) : fixed(coupon, currency, own)),
      ...(period === undefined ? {} : { cashback_period: period }),
      active: true,
      requires_promo_code: false,
    };
  });
}

function percentage(coupon: Document, path: string): Document {
  const value = String(coupon['percentage_value']);
  if (!PERCENTAGE.test(value) || Number(value) > 100)
    throw new UnusableProduct(`${path}.percentage_value`, 'must be a percentage');
  return { type: 'percentage', percentage_value: value };
}

function fixed(coupon: Document, currency: string, path: string): Document {
  const value = amountIn(coupon, 'fixed_value', path);
  if (value === undefined) throw new UnusableProduct(`${path}.fixed_value_decimal`, 'is required');
  return {
    type: 'fixed',
    fixed_value: centsOf(value),
    fixed_value_decimal: value,
    fixed_value_currency: currency,
  };
}

/**
 * What the first coupon has done to the amounts of a price, for the engine to read again (spec A14): as the partner says; where it does not, a
 * discount was none, and cash back is the coupon's own value.
 * @param amounts the price's amounts as decimal texts, by their names without `_decimal`
 * @throws UnusableProduct
 */
export function couponAmounts(
  price: Document,
  coupon: Coupon | undefined,
  amounts: Readonly<Record<string, string>>,
  path: string,
): Document {
  if (!coupon) return {};
  if (coupon.category === 'cashback') {
    const cashback =
      amountIn(price, 'cashback_amount', path) ?? worthOf(coupon, amounts['amount_total'] ?? '0');
    const total = toDinero(amounts['amount_total'] ?? '0');
    const after = decimalText(total.subtract(toDinero(cashback)).toUnit());
    return {
      ...both('cashback_amount', cashback),
      ...both('after_cashback_amount_total', after),
      cashback_period: coupon.cashback_period ?? '0',
    };
  }
  const told = DISCOUNT.map((name) => {
    const unchanged = name.startsWith('before_discount_')
      ? amounts[name.slice('before_discount_'.length)]
      : '0';
    return both(name, amountIn(price, name, path) ?? unchanged ?? '0');
  });
  return Object.assign({}, ...told);
}

/** The value of a coupon on an amount, both in currency units as text. */
function worthOf(coupon: Coupon, amount: string): string {
  if (coupon.type === 'fixed') return coupon.fixed_value_decimal ?? '0';
  return decimalText(
    toDinero(amount)
      .multiply(Number(coupon.percentage_value) / 100)
      .toUnit(),
  );
}

function both(name: string, decimal: string): Document {
  return { [name]: centsOf(decimal), [`${name}_decimal`]: decimal };
}
