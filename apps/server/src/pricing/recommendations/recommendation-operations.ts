import type { BodyOf, Operations } from '../../contract/operation-types.ts';
import {
  type Document,
  type Entity,
  findEntities,
  relatedIds,
  relationItems,
  toWire,
} from '../../entities/index.ts';
import { Refusal } from '../../refusal.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { documentsOf, textOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { PricingPlatform } from '../platform.ts';
import { orderableIds, withOrderableItems } from './offered-items.ts';
import { itemOfContract } from './recommendation-source.ts';

type Search = BodyOf<'pricing', '$productRecommendations'>;

const SCHEMA = 'product_recommendation';
const MOST_IDS = 100;

/** What customers of one product are offered besides or instead (spec/pricing.md B22). */
export function recommendationOperations(platform: PricingPlatform): Operations<'pricing'> {
  return {
    async $productRecommendations({ tenant, body, principal }) {
      const { product_recommendation_ids: ids, catalog_item: catalogItem, contract_id: contractId } = body;
      if (ids && ids.length > 0) {
        if (ids.length > MOST_IDS)
          throw invalidPayload(
            'Invalid payload',
            `body.product_recommendation_ids: has more than ${MOST_IDS} items`,
          );
        return found(await offered(tenant, await byIds(tenant, ids), body, platform));
      }
      if (catalogItem?.product_id) {
        return found(await offered(tenant, await bySource(tenant, catalogItem), body, platform));
      }
      if (!contractId)
        throw invalidPayload(
          'Invalid payload',
          'body: needs product_recommendation_ids, catalog_item.product_id or contract_id',
        );
      const item = await itemOfContract(tenant, platform.access, principal, contractId);
      const productId = textOf(item?.['product_id']);
      if (!item || productId === undefined) return found([]);
      const source = { product_id: productId, price_id: textOf(item['price_id']) };
      const results = await offered(tenant, await bySource(tenant, source), body, platform);
      return { ...found(results), source: { item } };
    },
  };
}

function found(results: readonly Document[]): { hits: number; results: readonly Document[] } {
  return { hits: results.length, results };
}

async function byIds(queries: TenantQueries, ids: readonly string[]): Promise<Entity[]> {
  return (await findEntities(queries, ids)).filter(({ schema }) => schema === SCHEMA);
}

/** Recommendations for a product and, if given, one of its prices; the newest first. */
async function bySource(
  queries: TenantQueries,
  source: { readonly product_id?: string | undefined; readonly price_id?: string | undefined },
): Promise<Entity[]> {
  const { product_id: productId = '', price_id: priceId } = source;
  const related = await relatedIds(queries, [productId], { schema: SCHEMA, direction: 'reverse' });
  const candidates = await findEntities(
    queries,
    related.map(({ id }) => id),
  );
  return candidates
    .filter(
      ({ doc }) =>
        refersTo(doc['source_product'], productId) &&
        (priceId === undefined || refersTo(doc['source_price'], priceId)),
    )
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || a.id.localeCompare(b.id));
}

function refersTo(relation: unknown, id: string): boolean {
  return (relationItems(relation) ?? []).some((item) => item.entity_id === id);
}

/** Recommendations as the public sees them, without what cannot be ordered or delivered. */
async function offered(
  queries: TenantQueries,
  recommendations: readonly Entity[],
  { filters }: Search,
  { availableProducts }: PricingPlatform,
): Promise<Document[]> {
  if (filters && !availableProducts)
    throw new Refusal(501, 'NOT_IMPLEMENTED', 'Availability is not known on this server');
  const orderable = await orderableIds(queries, recommendations);
  if (filters && availableProducts) {
    const products = recommendations.flatMap(productsOf);
    const available = new Set(await availableProducts(queries, [...new Set(products)], filters));
    for (const id of products) if (!available.has(id)) orderable.delete(id);
  }
  return recommendations
    .map((entity) => withOrderableItems(toWire(entity), orderable))
    .filter((shown) => shown !== undefined);
}

function productsOf({ doc }: Entity): string[] {
  return documentsOf(doc['offers'])
    .flatMap((offer) => documentsOf(offer['items']))
    .flatMap((item) => textOf(item['product_id']) ?? []);
}
