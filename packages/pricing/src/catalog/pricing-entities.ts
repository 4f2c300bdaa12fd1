import type { Coupon } from '../contract/coupon.ts';
import { listOf } from '../contract/list.ts';
import type { PriceItemDto } from '../contract/price-item.ts';

/** A reference to an entity, as relations are stored. */
interface EntityReference {
  readonly entity_id: string;
  readonly _schema: string;
  readonly _tags: readonly string[];
}

/** A relation attribute. */
interface Relation {
  readonly $relation: EntityReference[];
}

/** The entities a list of items refers to, by schema, and the tags of its products and prices. */
export interface PricingEntities {
  readonly product: Relation;
  readonly price: Relation;
  readonly coupon: Relation;
  readonly _tags: string[];
}

/**
 * Collects what a list of items refers to, each once and in order of appearance (spec A17): products and prices of the
 * items themselves, coupons also of their components. Tags come from the first snapshot of each product and price.
 */
export function extractPricingEntitiesBySlug(items?: readonly PriceItemDto[] | null): PricingEntities {
  const products = new Set<string>();
  const prices = new Set<string>();
  const coupons = new Set<string>();
  const tags = new Set<string>();
  const note = (
    ids: Set<string>,
    id: string | null | undefined,
    itsTags: readonly string[] | null | undefined,
  ): void => {
    if (!id || ids.has(id)) return;
    ids.add(id);
    for (const tag of itsTags ?? []) tags.add(tag);
  };
  for (const item of items ?? []) {
    note(products, item.product_id, item._product?._tags);
    note(prices, item.price_id, item._price?._tags);
    for (const coupon of extractCouponsFromItem(item)) note(coupons, coupon._id, []);
  }
  return {
    product: relationTo('product', products),
    price: relationTo('price', prices),
    coupon: relationTo('coupon', coupons),
    _tags: [...tags],
  };
}

/** The coupons of an item, then those of its components (spec A17). */
export function extractCouponsFromItem(item: PriceItemDto): Coupon[] {
  const own = listOf(item._coupons) ?? [];
  const ofComponents = (listOf(item.item_components) ?? []).flatMap(
    (component) => listOf(component._coupons) ?? [],
  );
  return [...own, ...ofComponents];
}

function relationTo(schema: string, ids: ReadonlySet<string>): Relation {
  return { $relation: Array.from(ids, (id) => ({ entity_id: id, _schema: schema, _tags: [] })) };
}
