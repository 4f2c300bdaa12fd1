import type { Arithmetic } from './arithmetic/arithmetic.ts';
import { doubleArithmetic } from './arithmetic/double-arithmetic.ts';
import { exactArithmetic } from './arithmetic/exact-arithmetic.ts';
import { DEFAULT_CURRENCY } from './constants.ts';
import type { RedeemedPromo } from './contract/coupon.ts';
import type { PriceItem, PriceItemDto } from './contract/price-item.ts';
import type { PricingDetails } from './contract/pricing-details.ts';
import { unlockedCouponIds } from './coupon/select-coupons.ts';
import { addComponents, computeCompositeItem } from './item/compute-composite-item.ts';
import { computeSimpleItem } from './item/compute-simple-item.ts';
import { precomputedItemOf, takeOverComposite, takeOverSimpleItem } from './item/precomputed-item.ts';
import { isHidden } from './item/visibility.ts';
import { PricingError } from './pricing-error.ts';
import { addItem } from './totals/add-item.ts';
import { finishTotals } from './totals/finish-totals.ts';
import { scaleBroughtTotals } from './totals/scale-brought-totals.ts';
import { emptyTotals, type Totals } from './totals/totals.ts';

/** Options of a computation. */
export interface ComputeOptions {
  /** Promo codes the customer has redeemed; coupons that need one only work if they are listed here. */
  readonly redeemedPromos?: readonly RedeemedPromo[] | null | undefined;
  /**
   * `published` (default) reproduces the published results digit for digit, including the inexactness of doubles above
   * 9 007 currency units. `exact` computes with true decimals; the shapes are the same.
   */
  readonly arithmetic?: 'published' | 'exact';
}

/**
 * Prices a cart (spec part A; contract: PricingDetails): every item with its amounts, and totals with taxes,
 * recurrences and cashbacks. Integer amounts are cents, decimal texts are currency units. Neither the items nor
 * anything in them is changed; parts that stay the same are shared with the result.
 *
 * Throws PricingError with a stable code (spec A18) for input that cannot be priced.
 */
export function computeAggregatedAndPriceTotals(
  items: readonly PriceItemDto[],
  options: ComputeOptions = {},
): PricingDetails {
  return options.arithmetic === 'exact'
    ? compute(exactArithmetic, items, options)
    : compute(doubleArithmetic, items, options);
}

function compute<A, F>(
  ar: Arithmetic<A, F>,
  items: readonly PriceItemDto[],
  { redeemedPromos }: ComputeOptions,
): PricingDetails {
  if (!Array.isArray(items)) throw new PricingError('INVALID_ITEM', 'A cart must be a list of items.');
  const unlocked = unlockedCouponIds(redeemedPromos);
  const totals = emptyTotals(ar);
  const outputs: PriceItem[] = [];
  for (let index = 0; index < items.length; index++) {
    outputs.push(computeItem(ar, totals, items, index, unlocked));
  }
  const details: PricingDetails = {
    items: outputs,
    amount_subtotal: ar.cents(totals.subtotal),
    amount_total: ar.cents(totals.total),
    amount_tax: ar.cents(totals.tax),
    total_details: finishTotals(ar, totals, 'cart'),
    currency: outputs[0]?.currency || DEFAULT_CURRENCY,
  };
  if (redeemedPromos && redeemedPromos.length > 0) details.redeemed_promos = redeemedPromos;
  return details;
}

/** Prices one item and adds it to the totals. Whatever goes wrong is reported with the position of the item. */
function computeItem<A, F>(
  ar: Arithmetic<A, F>,
  totals: Totals<A>,
  items: readonly PriceItemDto[],
  index: number,
  unlocked: ReadonlySet<string>,
): PriceItem {
  try {
    const item = items[index];
    if (!item || typeof item !== 'object')
      throw new PricingError('INVALID_ITEM', 'An item must be an object.');
    return item.is_composite_price || item._price?.is_composite_price
      ? addComposite(ar, totals, item, unlocked)
      : addSimple(ar, totals, item, unlocked);
  } catch (error) {
    const known = error instanceof PricingError;
    const reported = known
      ? error
      : new PricingError('INVALID_ITEM', 'A part of the item has the wrong type.', error);
    reported.itemIndex = index;
    throw reported;
  }
}

function addSimple<A, F>(
  ar: Arithmetic<A, F>,
  totals: Totals<A>,
  item: PriceItemDto,
  unlocked: ReadonlySet<string>,
): PriceItem {
  const snapshot = precomputedItemOf(item);
  const fine = snapshot ? takeOverSimpleItem(ar, snapshot) : computeSimpleItem(ar, item, unlocked);
  if (!isHidden(fine.output, item._price) || item.on_request_approved) addItem(ar, totals, fine, item._price);
  scaleBroughtTotals(ar, fine.output);
  return fine.output;
}

function addComposite<A, F>(
  ar: Arithmetic<A, F>,
  totals: Totals<A>,
  item: PriceItemDto,
  unlocked: ReadonlySet<string>,
): PriceItem {
  const snapshot = precomputedItemOf(item);
  const fine = snapshot
    ? takeOverComposite(ar, snapshot, item, unlocked)
    : computeCompositeItem(ar, item, unlocked);
  if (fine.counted) addComponents(ar, totals, fine.components);
  totals.cashbacks.push(...fine.cashbacks.rows);
  return fine.output;
}
