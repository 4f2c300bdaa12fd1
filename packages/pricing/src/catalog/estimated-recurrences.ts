import { listOf } from '../contract/list.ts';
import type { PriceItemDto } from '../contract/price-item.ts';
import { isCompositeItem } from './approval.ts';

/**
 * Tells for every recurrence, named by its billing period or `one_time`, whether it contains an estimated price
 * (spec A17). Items without a recurrence are left out.
 */
export function getRecurrencesWithEstimatedPrices(
  items?: readonly PriceItemDto[] | null,
): Record<string, boolean> {
  const estimated: Record<string, boolean> = {};
  const note = (name: string | null | undefined, item: PriceItemDto): void => {
    if (!name) return;
    estimated[name] = estimated[name] || item._price?.price_display_in_journeys === 'estimated_price';
  };
  for (const item of items ?? []) {
    if (!isCompositeItem(item)) note(recurrenceOf(item, item._price?.type), item);
    else for (const part of listOf(item.item_components) ?? []) note(recurrenceOf(part, part.type), part);
  }
  return estimated;
}

function recurrenceOf(item: PriceItemDto, otherwise: string | null | undefined): string | null | undefined {
  return item._price?.type === 'recurring' ? item._price.billing_period : otherwise;
}
