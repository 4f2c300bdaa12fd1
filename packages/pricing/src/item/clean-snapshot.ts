import type { Price, Product } from '../contract/price.ts';

/** Keys an entity store keeps on its records; a snapshot in a result does not repeat them (spec A11). */
interface Housekeeping {
  readonly _org?: unknown;
  readonly _schema?: unknown;
  readonly _created_at?: unknown;
  readonly _updated_at?: unknown;
  readonly _owners?: unknown;
  readonly _acl?: unknown;
  readonly _acl_sync?: unknown;
  readonly _viewers?: unknown;
  readonly _relations?: unknown;
  readonly $relation?: unknown;
  readonly file?: unknown;
  readonly _files?: unknown;
  readonly workflows?: unknown;
  readonly _slug?: unknown;
}

/** Writable, so that the display mode of a reached tier can be noted on it. */
export type PriceSnapshot = { -readonly [K in keyof Price]: Price[K] };

/** Copies a price without housekeeping keys; an array of components is cleaned as well (spec A11). */
export function cleanPrice(price: Price): PriceSnapshot {
  const copy: PriceSnapshot = copyWithoutHousekeeping(price);
  const components = price.price_components;
  if (isPriceList(components)) copy.price_components = components.map(cleanPrice);
  return copy;
}

/** Copies a product without housekeeping keys (spec A11). */
export function cleanProduct(product: Product): Product {
  return copyWithoutHousekeeping(product);
}

function copyWithoutHousekeeping<T extends object>(
  snapshot: T & Housekeeping,
): T | Omit<T, keyof Housekeeping> {
  if (!hasHousekeeping(snapshot)) return { ...snapshot };
  const {
    _org,
    _schema,
    _created_at,
    _updated_at,
    _owners,
    _acl,
    _acl_sync,
    _viewers,
    _relations,
    $relation,
    file,
    _files,
    workflows,
    _slug,
    ...kept
  } = snapshot;
  return kept;
}

function hasHousekeeping(snapshot: Housekeeping): boolean {
  return (
    '_schema' in snapshot ||
    '_org' in snapshot ||
    '_created_at' in snapshot ||
    '_updated_at' in snapshot ||
    '_owners' in snapshot ||
    '_acl' in snapshot ||
    '_acl_sync' in snapshot ||
    '_viewers' in snapshot ||
    '_relations' in snapshot ||
    '$relation' in snapshot ||
    'file' in snapshot ||
    '_files' in snapshot ||
    'workflows' in snapshot ||
    '_slug' in snapshot
  );
}

function isPriceList(components: Price['price_components']): components is readonly Price[] {
  return Array.isArray(components);
}
