import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import { listOf } from '../contract/list.ts';
import type { Maybe } from '../contract/maybe.ts';
import type { PriceItem, PriceItemDto } from '../contract/price-item.ts';
import type { TaxAmount } from '../contract/tax.ts';
import type { CashbackAmounts, DiscountAmounts, SomeDiscountAmounts } from '../coupon/discount-amounts.ts';
import { isValidCoupon } from '../coupon/select-coupons.ts';
import { PricingError } from '../pricing-error.ts';
import type { ItemAmounts } from '../rate/item-amounts.ts';
import { broughtCashback, broughtDiscount } from './brought-amounts.ts';
import { completeComposite, type FineComposite } from './compute-composite-item.ts';
import { writeModelDetails } from './compute-simple-item.ts';
import type { FineItem } from './fine-item.ts';
import { writeAmounts, writeCashback, writeDiscount } from './write-amounts.ts';

/** The precomputed item that replaces the computation of `item`, if there is one (spec A14). */
export function precomputedItemOf(item: PriceItemDto): PriceItem | undefined {
  return listOf(item._immutable_pricing_details?.items)?.[0];
}

/**
 * Takes a simple item over from an earlier computation: amounts are read again from its decimal texts, nothing is
 * computed (spec A14). Throws MISSING_TAXES.
 */
export function takeOverSimpleItem<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): FineItem<A> {
  const item = readSnapshot(ar, snapshot);
  const { output } = item;
  if (snapshot.is_composite_price) output.item_components = rawComponents(ar, snapshot);
  writeScaled(ar, item);
  return item;
}

/**
 * Takes a composite item over from an earlier computation: its components are taken over one by one and added up
 * again. Its own unit, cashback and discount amounts are not scaled down, as in the published results (spec A14).
 */
export function takeOverComposite<A, F>(
  ar: Arithmetic<A, F>,
  snapshot: PriceItem,
  outer: PriceItemDto,
  unlocked: ReadonlySet<string>,
): FineComposite<A> {
  const own = readSnapshot(ar, snapshot);
  const components = componentsOf(snapshot).map((component) => takeOverComponent(ar, component));
  writeRaw(ar, own);
  return completeComposite(ar, own.output, outer, components, unlocked);
}

function takeOverComponent<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): FineItem<A> {
  const item = readSnapshot(ar, snapshot);
  writeScaled(ar, item);
  return item;
}

function componentsOf(snapshot: PriceItem): readonly PriceItem[] {
  return listOf(snapshot.item_components) ?? [];
}

function rawComponents<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): PriceItem[] {
  return componentsOf(snapshot).map((component) => {
    const item = readSnapshot(ar, component);
    writeRaw(ar, item);
    return item.output;
  });
}

/** Reads the amounts of a snapshot. Discount and cashback amounts count if its first usable coupon is of that kind. */
function readSnapshot<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): FineItem<A> {
  const coupon = listOf(snapshot._coupons)?.find(isValidCoupon);
  const discount = coupon?.category === 'discount' ? readDiscount(ar, snapshot) : undefined;
  const cashback = coupon?.category === 'cashback' ? readCashback(ar, snapshot) : undefined;
  return {
    output: { ...snapshot },
    amounts: readAmounts(ar, snapshot),
    discount: discount ?? broughtDiscount(ar, snapshot),
    cashback: cashback ?? broughtCashback(ar, snapshot),
    coupon,
  };
}

function readAmounts<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): ItemAmounts<A> {
  const subtotal = ar.fine(snapshot.amount_subtotal_decimal);
  const total = ar.fine(snapshot.amount_total_decimal);
  return {
    unit: ar.fine(snapshot.unit_amount_decimal),
    unitNet: ar.fine(snapshot.unit_amount_net_decimal),
    unitGross: ar.fine(snapshot.unit_amount_gross_decimal),
    subtotal,
    total,
    tax: ar.sub(total, subtotal),
  };
}

function readDiscount<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): DiscountAmounts<A> {
  return {
    unitDiscount: ar.fine(snapshot.unit_discount_amount_decimal),
    unitDiscountNet: ar.fine(snapshot.unit_discount_amount_net_decimal),
    beforeUnit: ar.fine(snapshot.before_discount_unit_amount_decimal),
    beforeUnitGross: ar.fine(snapshot.before_discount_unit_amount_gross_decimal),
    beforeUnitNet: ar.fine(snapshot.before_discount_unit_amount_net_decimal),
    discount: ar.fine(snapshot.discount_amount_decimal),
    discountNet: ar.fine(snapshot.discount_amount_net_decimal),
    taxDiscount: ar.fine(snapshot.tax_discount_amount_decimal),
    beforeTax: ar.fine(snapshot.before_discount_tax_amount_decimal),
    beforeTotal: ar.fine(snapshot.before_discount_amount_total_decimal),
    beforeSubtotal: ar.fine(snapshot.before_discount_amount_subtotal_decimal),
  };
}

function readCashback<A, F>(ar: Arithmetic<A, F>, snapshot: PriceItem): CashbackAmounts<A> {
  return {
    cashback: ar.fine(snapshot.cashback_amount_decimal),
    afterTotal: ar.fine(snapshot.after_cashback_amount_total_decimal),
  };
}

function writeScaled<A, F>(ar: Arithmetic<A, F>, item: FineItem<A>): void {
  const { output, amounts } = item;
  const taxes = listOf(output.taxes);
  if (!taxes) throw new PricingError('MISSING_TAXES', 'A precomputed item must carry a list of taxes.');
  writeAmounts(ar, output, amounts);
  output.taxes = withFirstAmount(taxes, ar.cents(amounts.tax), (amount) => ar.cents(ar.fromRaw(amount)));
  if (item.discount) writeDiscount(ar, output, item.discount);
  if (item.cashback) writeCashback(ar, output, item.cashback);
  writeModelDetails(ar, output, undefined);
}

/** Amounts × 10^12 as they are, without decimal texts. */
function writeRaw<A, F>(ar: Arithmetic<A, F>, item: FineItem<A>): void {
  const { output, amounts, cashback } = item;
  output.unit_amount = ar.toRaw(amounts.unit ?? ar.zero);
  output.unit_amount_net = ar.toRaw(amounts.unitNet);
  output.unit_amount_gross = ar.toRaw(amounts.unitGross);
  output.amount_subtotal = ar.toRaw(amounts.subtotal);
  output.amount_total = ar.toRaw(amounts.total);
  output.amount_tax = ar.toRaw(amounts.tax);
  const taxes = listOf(output.taxes);
  if (taxes) output.taxes = withFirstAmount(taxes, output.amount_tax, (amount) => amount);
  if (cashback?.cashback !== undefined) output.cashback_amount = ar.toRaw(cashback.cashback);
  if (cashback?.afterTotal !== undefined) output.after_cashback_amount_total = ar.toRaw(cashback.afterTotal);
  if (item.discount) writeRawDiscount(ar, output, item.discount);
}

function writeRawDiscount<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceItem,
  discount: SomeDiscountAmounts<A>,
): void {
  const set = (amount: A | undefined, write: (value: number) => void): void => {
    if (amount !== undefined) write(ar.toRaw(amount));
  };
  set(discount.unitDiscount, (value) => (output.unit_discount_amount = value));
  set(discount.unitDiscountNet, (value) => (output.unit_discount_amount_net = value));
  set(discount.beforeUnit, (value) => (output.before_discount_unit_amount = value));
  set(discount.beforeUnitGross, (value) => (output.before_discount_unit_amount_gross = value));
  set(discount.beforeUnitNet, (value) => (output.before_discount_unit_amount_net = value));
  set(discount.discount, (value) => (output.discount_amount = value));
  set(discount.discountNet, (value) => (output.discount_amount_net = value));
  set(discount.taxDiscount, (value) => (output.tax_discount_amount = value));
  set(discount.beforeTax, (value) => (output.before_discount_tax_amount = value));
  set(discount.beforeTotal, (value) => (output.before_discount_amount_total = value));
  set(discount.beforeSubtotal, (value) => (output.before_discount_amount_subtotal = value));
}

/** The first tax entry takes the tax of the item; amounts of further entries are treated like brought ones. */
function withFirstAmount(
  taxes: readonly TaxAmount[],
  first: number,
  scale: (amount: number) => number,
): Maybe<readonly TaxAmount[]> {
  return taxes.map((entry, index) => {
    if (index === 0) return { ...entry, amount: first };
    return typeof entry.amount === 'number' ? { ...entry, amount: scale(entry.amount) } : entry;
  });
}
