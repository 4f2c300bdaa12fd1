import { type Document, type Entity, findEntities, isDocument } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { documentsOf, textOf } from '../documents.ts';
import { publicView } from '../entity-views.ts';

/** A recommendation as the contract's `ProductRecommendation` shows it. */
const SHOWN = [
  ...['_id', '_title', '_org', '_schema', '_tags', '_created_at', '_updated_at'],
  ...['name', 'type', 'source_product', 'source_price'],
] as const;

/** Products and prices that recommendations offer and that anybody may order: their ids. */
export async function orderableIds(
  queries: TenantQueries,
  recommendations: readonly Entity[],
): Promise<Set<string>> {
  const ids = recommendations
    .flatMap(({ doc }) => documentsOf(doc['offers']))
    .flatMap((offer) => documentsOf(offer['items']))
    .flatMap((item) => [textOf(item['product_id']), textOf(item['price_id'])])
    .filter((id) => id !== undefined);
  const entities = await findEntities(queries, ids);
  return new Set(entities.filter((entity) => publicView(entity) !== undefined).map(({ id }) => id));
}

/**
 * A recommendation with those of its offered items that can be ordered; undefined when none is left (spec/pricing.md B22).
 * @param wire the entity as clients see it
 */
export function withOrderableItems(wire: Document, orderable: ReadonlySet<string>): Document | undefined {
  const offers = documentsOf(wire['offers']).flatMap((offer) => {
    const items = documentsOf(offer['items']).filter(
      (item) => orderable.has(String(item['product_id'])) && orderable.has(String(item['price_id'])),
    );
    return items.length === 0 ? [] : [{ target_id: offer['target_id'], items: items.map(offeredItem) }];
  });
  if (offers.length === 0) return undefined;
  const shown = SHOWN.filter((name) => wire[name] !== undefined).map((name) => [name, wire[name]]);
  return { ...Object.fromEntries(shown), offers: offers.map(withoutEmptyTarget) };
}

function offeredItem(item: Document): Document {
  const { product_id, price_id, highlight_config: highlight } = item;
  return { product_id, price_id, ...(isDocument(highlight) ? { highlight_config: highlight } : {}) };
}

function withoutEmptyTarget(offer: { readonly target_id: unknown; readonly items: Document[] }): Document {
  const target = textOf(offer.target_id);
  return { ...(target === undefined ? {} : { target_id: target }), items: offer.items };
}
