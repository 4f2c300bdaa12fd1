import { listOf } from '../contract/list.ts';
import type { PriceItemDto } from '../contract/price-item.ts';

/** True for items that stand for several component prices, flagged on the item or on its price. */
export function isCompositeItem(item: PriceItemDto): boolean {
  return Boolean(item.is_composite_price || item._price?.is_composite_price);
}

/**
 * True if nobody has to approve this item any more (spec A17). A component counts as approved with its parent, and
 * only prices on request need that; on its own, an item with a starting price needs approval too.
 */
export function isPriceItemApproved(item: PriceItemDto, parent?: PriceItemDto | null): boolean {
  const approved = Boolean(item.on_request_approved);
  if (parent) {
    const onRequest = item._price?.price_display_in_journeys === 'show_as_on_request';
    return !onRequest || Boolean(parent.on_request_approved);
  }
  return approved || !isRequiringApproval(item);
}

/** True if the item, or a component of it, is shown on request or with a starting price (spec A17). */
export function isRequiringApproval(item: PriceItemDto): boolean {
  if (needsApproval(item)) return true;
  return isCompositeItem(item) && (listOf(item.item_components) ?? []).some(needsApproval);
}

function needsApproval(item: PriceItemDto): boolean {
  const mode = item._price?.price_display_in_journeys;
  return mode === 'show_as_on_request' || mode === 'show_as_starting_price';
}
