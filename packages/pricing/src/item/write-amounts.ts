import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import type { PriceItem } from '../contract/price-item.ts';
import type { CashbackAmounts, SomeDiscountAmounts } from '../coupon/discount-amounts.ts';
import type { ItemAmounts } from '../rate/item-amounts.ts';

/** Writes the amounts of an item as cents, with decimal text beside all but the tax (spec A10). */
export function writeAmounts<A, F>(ar: Arithmetic<A, F>, output: PriceItem, amounts: ItemAmounts<A>): void {
  if (amounts.unit !== undefined) {
    output.unit_amount = ar.cents(amounts.unit);
    output.unit_amount_decimal = ar.text(amounts.unit);
  }
  output.unit_amount_net = ar.cents(amounts.unitNet);
  output.unit_amount_net_decimal = ar.text(amounts.unitNet);
  output.unit_amount_gross = ar.cents(amounts.unitGross);
  output.unit_amount_gross_decimal = ar.text(amounts.unitGross);
  output.amount_subtotal = ar.cents(amounts.subtotal);
  output.amount_subtotal_decimal = ar.text(amounts.subtotal);
  output.amount_total = ar.cents(amounts.total);
  output.amount_total_decimal = ar.text(amounts.total);
  output.amount_tax = ar.cents(amounts.tax);
}

/** Writes the discount amounts that exist, as cents and decimal text (spec A10). */
export function writeDiscount<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceItem,
  discount: SomeDiscountAmounts<A>,
): void {
  if (discount.unitDiscount !== undefined) {
    output.unit_discount_amount = ar.cents(discount.unitDiscount);
    output.unit_discount_amount_decimal = ar.text(discount.unitDiscount);
  }
  if (discount.unitDiscountNet !== undefined) {
    output.unit_discount_amount_net = ar.cents(discount.unitDiscountNet);
    output.unit_discount_amount_net_decimal = ar.text(discount.unitDiscountNet);
  }
  if (discount.beforeUnit !== undefined) {
    output.before_discount_unit_amount = ar.cents(discount.beforeUnit);
    output.before_discount_unit_amount_decimal = ar.text(discount.beforeUnit);
  }
  if (discount.beforeUnitGross !== undefined) {
    output.before_discount_unit_amount_gross = ar.cents(discount.beforeUnitGross);
    output.before_discount_unit_amount_gross_decimal = ar.text(discount.beforeUnitGross);
  }
  if (discount.beforeUnitNet !== undefined) {
    output.before_discount_unit_amount_net = ar.cents(discount.beforeUnitNet);
    output.before_discount_unit_amount_net_decimal = ar.text(discount.beforeUnitNet);
  }
  if (discount.discount !== undefined) {
    output.discount_amount = ar.cents(discount.discount);
    output.discount_amount_decimal = ar.text(discount.discount);
  }
  if (discount.discountNet !== undefined) {
    output.discount_amount_net = ar.cents(discount.discountNet);
    output.discount_amount_net_decimal = ar.text(discount.discountNet);
  }
  if (discount.taxDiscount !== undefined) {
    output.tax_discount_amount = ar.cents(discount.taxDiscount);
    output.tax_discount_amount_decimal = ar.text(discount.taxDiscount);
  }
  if (discount.beforeTax !== undefined) {
    output.before_discount_tax_amount = ar.cents(discount.beforeTax);
    output.before_discount_tax_amount_decimal = ar.text(discount.beforeTax);
  }
  if (discount.beforeTotal !== undefined) {
    output.before_discount_amount_total = ar.cents(discount.beforeTotal);
    output.before_discount_amount_total_decimal = ar.text(discount.beforeTotal);
  }
  if (discount.beforeSubtotal !== undefined) {
    output.before_discount_amount_subtotal = ar.cents(discount.beforeSubtotal);
    output.before_discount_amount_subtotal_decimal = ar.text(discount.beforeSubtotal);
  }
}

/** Writes the cashback amounts that exist, as cents and decimal text (spec A10). */
export function writeCashback<A, F>(
  ar: Arithmetic<A, F>,
  output: PriceItem,
  cashback: CashbackAmounts<A>,
): void {
  if (cashback.cashback !== undefined) {
    output.cashback_amount = ar.cents(cashback.cashback);
    output.cashback_amount_decimal = ar.text(cashback.cashback);
  }
  if (cashback.afterTotal !== undefined) {
    output.after_cashback_amount_total = ar.cents(cashback.afterTotal);
    output.after_cashback_amount_total_decimal = ar.text(cashback.afterTotal);
  }
}
