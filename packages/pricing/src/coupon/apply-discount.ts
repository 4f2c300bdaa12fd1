import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { Taxation } from '../item/taxation.ts';
import { type ItemAmounts, zeroAmounts } from '../rate/item-amounts.ts';
import type { NetAndGross } from '../rate/markup.ts';
import type { TierRow } from '../rate/tier-row.ts';
import type { DiscountAmounts } from './discount-amounts.ts';
import { percentageOf, type ValidCoupon } from './select-coupons.ts';

/** The amounts of an item after a discount, and how they came about. */
export interface Discounted<A> {
  readonly amounts: ItemAmounts<A>;
  readonly discount: DiscountAmounts<A>;
}

/**
 * Takes a discount off the unit amounts and multiplies the result (spec A8.4). The discount is figured in the form the
 * price is quoted in, net or gross, and the other form follows from the tax rate.
 */
export function discountUnit<A, F>(
  ar: Arithmetic<A, F>,
  coupon: ValidCoupon,
  before: { readonly unitNet: A; readonly unitGross: A },
  taxation: Taxation<F>,
  multiplier: F,
): Discounted<A> {
  const { inclusive, share, withTax } = taxation;
  const { unitNet: net, unitGross: gross } = before;
  const off = unitDiscount(ar, coupon, before, taxation);
  const newNet = ar.sub(net, off.net);
  const newGross = inclusive ? ar.sub(gross, off.gross) : ar.mul(newNet, withTax);
  return {
    amounts: {
      unit: inclusive ? newGross : newNet,
      unitNet: newNet,
      unitGross: newGross,
      subtotal: ar.mul(newNet, multiplier),
      total: ar.mul(newGross, multiplier),
      tax: ar.mul(ar.sub(newGross, newNet), multiplier),
    },
    discount: {
      unitDiscount: off.gross,
      unitDiscountNet: off.net,
      beforeUnit: inclusive ? gross : net,
      beforeUnitGross: gross,
      beforeUnitNet: net,
      discount: ar.mul(off.gross, multiplier),
      discountNet: ar.mul(off.net, multiplier),
      taxDiscount: ar.mul(inclusive ? ar.sub(off.gross, off.net) : ar.mul(off.net, share), multiplier),
      beforeTax: ar.mul(inclusive ? ar.sub(gross, net) : ar.mul(net, share), multiplier),
      beforeTotal: ar.mul(gross, multiplier),
      beforeSubtotal: ar.mul(net, multiplier),
    },
  };
}

/**
 * Takes a discount off every tier of a graduated price for that tier's quantity and adds the tiers up (spec A8.4). The
 * quantity of the item is not part of this, as in the published results. There is no single unit amount.
 */
export function discountTiers<A, F>(
  ar: Arithmetic<A, F>,
  coupon: ValidCoupon,
  rows: readonly TierRow<A, F>[],
  taxation: Taxation<F>,
): Discounted<A> {
  const sum = { amounts: zeroAmounts(ar), discount: noDiscount(ar.zero) };
  for (const row of rows) {
    const tier = discountUnit(ar, coupon, row, taxation, row.quantity);
    addAmounts(ar, sum.amounts, tier.amounts);
    addDiscount(ar, sum.discount, tier.discount);
  }
  return sum;
}

/** What is taken off one unit. A fixed discount never exceeds the unit amount. */
function unitDiscount<A, F>(
  ar: Arithmetic<A, F>,
  coupon: ValidCoupon,
  before: { readonly unitNet: A; readonly unitGross: A },
  taxation: Taxation<F>,
): NetAndGross<A> {
  const base = taxation.inclusive ? before.unitGross : before.unitNet;
  const off =
    coupon.type === 'fixed'
      ? cappedAt(ar, ar.fine(coupon.fixed_value_decimal), base)
      : ar.div(ar.mul(base, ar.factor(percentageOf(coupon))), ar.hundred);
  return taxation.inclusive
    ? { net: ar.div(off, taxation.withTax), gross: off }
    : { net: off, gross: ar.mul(off, taxation.withTax) };
}

function cappedAt<A, F>(ar: Arithmetic<A, F>, amount: A, limit: A): A {
  return ar.exceeds(amount, limit) ? limit : amount;
}

function noDiscount<A>(zero: A): DiscountAmounts<A> {
  return {
    unitDiscount: zero,
    unitDiscountNet: zero,
    beforeUnit: zero,
    beforeUnitGross: zero,
    beforeUnitNet: zero,
    discount: zero,
    discountNet: zero,
    taxDiscount: zero,
    beforeTax: zero,
    beforeTotal: zero,
    beforeSubtotal: zero,
  };
}

function addAmounts<A, F>(ar: Arithmetic<A, F>, sum: ItemAmounts<A>, more: ItemAmounts<A>): void {
  sum.unitNet = ar.add(sum.unitNet, more.unitNet);
  sum.unitGross = ar.add(sum.unitGross, more.unitGross);
  sum.subtotal = ar.add(sum.subtotal, more.subtotal);
  sum.total = ar.add(sum.total, more.total);
  sum.tax = ar.add(sum.tax, more.tax);
}

function addDiscount<A, F>(ar: Arithmetic<A, F>, sum: DiscountAmounts<A>, more: DiscountAmounts<A>): void {
  sum.unitDiscount = ar.add(sum.unitDiscount, more.unitDiscount);
  sum.unitDiscountNet = ar.add(sum.unitDiscountNet, more.unitDiscountNet);
  sum.beforeUnit = ar.add(sum.beforeUnit, more.beforeUnit);
  sum.beforeUnitGross = ar.add(sum.beforeUnitGross, more.beforeUnitGross);
  sum.beforeUnitNet = ar.add(sum.beforeUnitNet, more.beforeUnitNet);
  sum.discount = ar.add(sum.discount, more.discount);
  sum.discountNet = ar.add(sum.discountNet, more.discountNet);
  sum.taxDiscount = ar.add(sum.taxDiscount, more.taxDiscount);
  sum.beforeTax = ar.add(sum.beforeTax, more.beforeTax);
  sum.beforeTotal = ar.add(sum.beforeTotal, more.beforeTotal);
  sum.beforeSubtotal = ar.add(sum.beforeSubtotal, more.beforeSubtotal);
}
