import type { PriceItem, PriceItemDto } from '../contract/price-item.ts';

const DERIVED_KEY =
  /^(?:before_discount_|discount_|tax_discount_|unit_discount_)|^(?:cashback_amount|after_cashback_amount_total)(?:_decimal)?$|^cashback_period$/;

/**
 * Removes what an earlier computation derived from a coupon, so that a computed item can be computed again (spec A15).
 * The unit amount from before the discount becomes the unit amount. Items without such traces are returned as they are.
 */
export function withoutDerivedAmounts(item: PriceItemDto): PriceItemDto {
  const computed: PriceItem = item;
  if (!hasDerivedAmounts(computed)) return item;
  const kept: PriceItem = { ...item };
  for (const key of Object.keys(kept)) {
    if (DERIVED_KEY.test(key)) Reflect.deleteProperty(kept, key);
  }
  if (computed.before_discount_unit_amount) {
    kept.unit_amount = computed.before_discount_unit_amount;
    if (computed.before_discount_unit_amount_decimal === undefined) delete kept.unit_amount_decimal;
    else kept.unit_amount_decimal = computed.before_discount_unit_amount_decimal;
  }
  return kept;
}

function hasDerivedAmounts(item: PriceItem): boolean {
  return 'before_discount_unit_amount_decimal' in item || 'after_cashback_amount_total' in item;
}
