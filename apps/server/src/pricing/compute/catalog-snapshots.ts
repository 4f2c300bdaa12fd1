import {
  type Document,
  type Entity,
  findEntities,
  isDocument,
  relationItems,
  type Visibility,
} from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { documentsOf } from '../documents.ts';

/** A component of a composite price, as the price lists it. */
export interface ComponentReference {
  readonly priceId: string;
  readonly quantity: number;
}

/**
 * The catalog entities that some line items refer to, loaded once: products, prices with their taxes, the components of composite prices, and
 * coupons. What the view hides does not exist.
 */
export class CatalogSnapshots {
  readonly #entities: ReadonlyMap<string, Entity>;
  readonly #view: Visibility;

  private constructor(entities: ReadonlyMap<string, Entity>, view: Visibility) {
    this.#entities = entities;
    this.#view = view;
  }

  /** Loads entities by id in at most three statements, however many there are. Ids of other things than catalog entities do no harm. */
  static async load(
    queries: TenantQueries,
    ids: readonly string[],
    view: Visibility,
  ): Promise<CatalogSnapshots> {
    const named = await findEntities(queries, ids);
    const components = await findEntities(
      queries,
      named.flatMap(({ doc }) => componentsOf(doc).map(({ priceId }) => priceId)),
    );
    const known = [...named, ...components];
    const taxes = await findEntities(
      queries,
      known.flatMap(({ doc }) => (relationItems(doc['tax']) ?? []).map((item) => item.entity_id)),
    );
    return new CatalogSnapshots(new Map([...known, ...taxes].map((entity) => [entity.id, entity])), view);
  }

  /** A price with its taxes in place of the relation (spec/pricing.md B0.4), and with its decimal amount even if only cents are stored. */
  price(id: string): Document | undefined {
    const stored = this.#shown(id, 'price');
    const price = stored && withDecimalFromCents(stored);
    const taxes = price && relationItems(price['tax']);
    if (!taxes) return price;
    return { ...price, tax: taxes.flatMap((item) => this.#shown(item.entity_id, 'tax') ?? []) };
  }

  product(id: string): Document | undefined {
    return this.#shown(id, 'product');
  }

  /** Without its promo codes. */
  coupon(id: string): Document | undefined {
    return this.#shown(id, 'coupon');
  }

  /** A coupon as it is stored, with its promo codes; not for clients. */
  storedCoupon(id: string): Document | undefined {
    const coupon = this.#entities.get(id);
    return coupon?.schema === 'coupon' ? coupon.doc : undefined;
  }

  /** Whether an entity exists, shown or not. */
  has(id: string): boolean {
    return this.#entities.has(id);
  }

  #shown(id: string, schema: string): Document | undefined {
    const entity = this.#entities.get(id);
    return entity?.schema === schema ? this.#view(entity) : undefined;
  }
}

/** The components a composite price refers to, in their order; a quantity that is missing is 1. */
export function componentsOf(price: Document): ComponentReference[] {
  return (relationItems(price['price_components']) ?? []).map(({ entity_id: priceId, quantity }) => ({
    priceId,
    quantity: typeof quantity === 'number' ? quantity : 1,
  }));
}

/** Completes `unit_amount_decimal` (currency units as text) from `unit_amount` (cents): the engine reads the text only. */
export function withDecimalFromCents(holder: Document): Document {
  const { unit_amount: cents, unit_amount_decimal: decimal } = holder;
  const hasText = decimal !== undefined && decimal !== null && decimal !== '';
  return typeof cents !== 'number' || hasText
    ? holder
    : { ...holder, unit_amount_decimal: String(cents / 100) };
}

/** The ids of every catalog entity that line items name, at any place. */
export function catalogIdsOf(items: readonly Document[]): string[] {
  return items.flatMap((item) => [
    ...[item['price_id'], item['product_id']].flatMap((id) => (typeof id === 'string' ? [id] : [])),
    ...couponIdsIn(item),
    ...catalogIdsOf(documentsOf(item['item_components'])),
    ...componentsOf(isDocument(item['_price']) ? item['_price'] : {}).map(({ priceId }) => priceId),
  ]);
}

function couponIdsIn(item: Document): string[] {
  const byComponent = isDocument(item['price_component_coupon_ids'])
    ? item['price_component_coupon_ids']
    : {};
  return [item['coupon_ids'], ...Object.values(byComponent)]
    .flatMap((ids) => (Array.isArray(ids) ? ids : []))
    .filter((id): id is string => typeof id === 'string');
}
