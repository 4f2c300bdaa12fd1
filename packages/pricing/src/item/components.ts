import type { Arithmetic } from '../arithmetic/arithmetic.ts';
import { listOf } from '../contract/list.ts';
import type { Price } from '../contract/price.ts';
import type { PriceItem, PriceItemDto } from '../contract/price-item.ts';
import { priceItem } from './compute-simple-item.ts';
import { withoutDerivedAmounts } from './derived-amounts.ts';
import type { FineItem } from './fine-item.ts';
import { termsOfComponent } from './price-terms.ts';
import { safeQuantity } from './quantities.ts';

/** The components of a composite item, priced with the quantity, mappings and fees of the item (spec A12, 1 to 3). */
export function computeComponents<A, F>(
  ar: Arithmetic<A, F>,
  parent: PriceItemDto,
  unlocked: ReadonlySet<string>,
): FineItem<A>[] {
  const quantity = ar.factor(safeQuantity(parent.quantity));
  return componentItems(parent).map((component) => {
    const item = withoutDerivedAmounts(component);
    const own = ar.fineNumber(safeQuantity(item.quantity));
    const terms = termsOfComponent(ar, item, ar.asFactor(ar.mul(own, quantity)), parent);
    return priceItem(ar, item, terms, unlocked);
  });
}

/** `item_components` is the component list even if it is empty; without it the usable components of the price are. */
function componentItems(parent: PriceItemDto): PriceItem[] {
  const given = listOf(parent.item_components);
  if (given)
    return given.map((entry) => componentItem(withOwnUnitAmount(entry), entry._price ?? undefined, parent));
  const prices = listOf<Price>(parent._price?.price_components) ?? [];
  return prices.filter(isUsable).map((price) => componentItem({}, price, parent));
}

/** A component that was sent without its own decimal amount costs nothing, even if its price has one (spec A12.1). */
function withOwnUnitAmount(entry: PriceItemDto): PriceItem {
  const item: PriceItem = { ...entry };
  if (!Number.isInteger(item.unit_amount)) item.unit_amount = 0;
  if (item.unit_amount_decimal === undefined) item.unit_amount_decimal = '0';
  return item;
}

function isUsable(price: Price): boolean {
  switch (price.pricing_model) {
    case 'per_unit':
    case '':
    case null:
    case undefined:
      return typeof price.unit_amount === 'number' && Boolean(price.unit_amount_decimal);
    case 'tiered_volume':
    case 'tiered_graduated':
    case 'tiered_flatfee':
      return Boolean(price.tiers);
    default:
      return true;
  }
}

/** Fills in what a component leaves to its price and its parent (spec A12.2). Completes `item` in place. */
function componentItem(item: PriceItem, price: Price | undefined, parent: PriceItemDto): PriceItem {
  const model = item.pricing_model || price?.pricing_model;
  const type = item.type || price?.type;
  const priceId = item.price_id || price?._id;
  const productId = item.product_id || parent.product_id;
  const coupons = item._coupons || price?._coupons;
  if (model !== undefined) item.pricing_model = model;
  else delete item.pricing_model;
  item.quantity = safeQuantity(item.quantity);
  if (type !== undefined) item.type = type;
  if (type === 'recurring') {
    const period = item.billing_period || price?.billing_period;
    if (period !== undefined) item.billing_period = period;
    else delete item.billing_period;
  }
  if (priceId !== undefined) item.price_id = priceId;
  if (productId !== undefined) item.product_id = productId;
  if (price !== undefined) item._price = price;
  if (coupons !== undefined) item._coupons = coupons;
  else delete item._coupons;
  return item;
}
