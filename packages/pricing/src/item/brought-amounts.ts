import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceItem } from '../contract/price-item.ts';
import type { CashbackAmounts, SomeDiscountAmounts } from '../coupon/discount-amounts.ts';

/**
 * Amount fields an item brings along although nothing computed them. They pass through the scaling step like computed
 * ones, that is, they are taken for amounts × 10^12 (spec A10, "trap"). Throws INVALID_AMOUNT for fractions.
 */
export function broughtDiscount<A, F>(
  ar: Arithmetic<A, F>,
  item: PriceItem,
): SomeDiscountAmounts<A> | undefined {
  if (!bringsDiscount(item)) return undefined;
  return {
    unitDiscount: raw(ar, item.unit_discount_amount),
    unitDiscountNet: raw(ar, item.unit_discount_amount_net),
    beforeUnit: raw(ar, item.before_discount_unit_amount),
    beforeUnitGross: raw(ar, item.before_discount_unit_amount_gross),
    beforeUnitNet: raw(ar, item.before_discount_unit_amount_net),
    discount: raw(ar, item.discount_amount),
    discountNet: raw(ar, item.discount_amount_net),
    taxDiscount: raw(ar, item.tax_discount_amount),
    beforeTax: raw(ar, item.before_discount_tax_amount),
    beforeTotal: raw(ar, item.before_discount_amount_total),
    beforeSubtotal: raw(ar, item.before_discount_amount_subtotal),
  };
}

/** Like `broughtDiscount`, for the cashback fields. */
export function broughtCashback<A, F>(ar: Arithmetic<A, F>, item: PriceItem): CashbackAmounts<A> | undefined {
  if (item.cashback_amount === undefined && item.after_cashback_amount_total === undefined) return undefined;
  return {
    cashback: raw(ar, item.cashback_amount),
    afterTotal: raw(ar, item.after_cashback_amount_total),
  };
}

/** Like `broughtDiscount`, for a single field: undefined unless it is a number. */
export function raw<A, F>(ar: Arithmetic<A, F>, value: number | null | undefined): A | undefined {
  return typeof value === 'number' ? ar.fromRaw(value) : undefined;
}

function bringsDiscount(item: PriceItem): boolean {
  return (
    item.discount_amount !== undefined ||
    item.discount_amount_net !== undefined ||
    item.unit_discount_amount !== undefined ||
    item.unit_discount_amount_net !== undefined ||
    item.tax_discount_amount !== undefined ||
    item.before_discount_unit_amount !== undefined ||
    item.before_discount_unit_amount_gross !== undefined ||
    item.before_discount_unit_amount_net !== undefined ||
    item.before_discount_tax_amount !== undefined ||
    item.before_discount_amount_total !== undefined ||
    item.before_discount_amount_subtotal !== undefined
  );
}
