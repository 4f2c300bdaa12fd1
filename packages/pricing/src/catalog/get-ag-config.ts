import type { PriceGetAg } from '../contract/get-ag.ts';
import { listOf } from '../contract/list.ts';
import type { PriceItemDto } from '../contract/price-item.ts';
import { isCompositeItem } from './approval.ts';

/** Which GetAG price is looked for. */
export interface GetAgQuery {
  readonly type: 'base_price' | 'work_price';
  /** Only compared for work prices; a block without a tariff type is for HT. */
  readonly tariffType?: 'HT' | 'NT' | undefined;
}

/** The GetAG block of an item, or of the first matching component of a composite item (spec A17). */
export function extractGetAgConfig(item: PriceItemDto, query: GetAgQuery): PriceGetAg | undefined {
  const candidates = isCompositeItem(item) ? (listOf(item.item_components) ?? []) : [item];
  return candidates.map((candidate) => candidate.get_ag).find((block) => matches(block, query)) ?? undefined;
}

function matches(block: PriceItemDto['get_ag'], { type, tariffType }: GetAgQuery): boolean {
  if (block?.type !== type) return false;
  return type !== 'work_price' || (block.tariff_type ?? 'HT') === tariffType;
}
