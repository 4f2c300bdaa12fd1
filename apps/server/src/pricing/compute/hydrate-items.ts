import { type Document, isDocument } from '../../entities/index.ts';
import { documentsOf, textOf, textsOf, without } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import { type CatalogSnapshots, componentsOf, withDecimalFromCents } from './catalog-snapshots.ts';

/**
 * Completes line items with the snapshots the engine needs (spec/pricing.md B0.4): price, product, components and coupons by their ids.
 * Snapshots that are there already are kept, because orders keep their historic prices; items are not changed.
 * @throws Refusal 400 `PRICE_NOT_FOUND`, `PRODUCT_NOT_FOUND`, `COUPON_NOT_FOUND`
 */
export function hydrateItems(items: readonly Document[], catalog: CatalogSnapshots): Document[] {
  return items.map((item, index) => hydrateItem(item, catalog, `line_items[${index}]`));
}

function hydrateItem(item: Document, catalog: CatalogSnapshots, path: string): Document {
  const precomputed = precomputedItemOf(item);
  if (precomputed)
    return withModel({ ...item, _price: snapshotOf(item['_price']) ?? precomputed['_price'] ?? {} });
  const price = priceOf(item, catalog, path);
  const product = productOf(item, catalog, path);
  const hydrated: Document = {
    ...item,
    ...(price ? { _price: price } : {}),
    ...(product ? { _product: product } : {}),
    ...couponsOf(item, item['coupon_ids'], catalog, `${path}.coupon_ids`),
  };
  if (item['is_composite_price'] !== true && price?.['is_composite_price'] !== true) {
    return withModel(withDecimals(without(hydrated, ['total_details'])));
  }
  return {
    ...hydrated,
    is_composite_price: true,
    item_components: itemComponents(item, price, catalog, path),
  };
}

/** A result that replaces the computation (spec A14): it has its own snapshots, and its ids may be those of somebody else's catalog. */
function precomputedItemOf(item: Document): Document | undefined {
  const details = item['_immutable_pricing_details'];
  return isDocument(details) ? documentsOf(details['items'])[0] : undefined;
}

/** The given snapshot, else the price from the catalog; an empty object, as documented samples have it, is no snapshot. */
function priceOf(item: Document, catalog: CatalogSnapshots, path: string): Document | undefined {
  const given = snapshotOf(item['_price']);
  if (given) return given;
  const id = textOf(item['price_id']);
  if (id === undefined) return undefined;
  const price = catalog.price(id);
  if (!price) throw invalidPayload(`price not found: ${id}`, `${path}.price_id`, 'PRICE_NOT_FOUND');
  return price;
}

function productOf(item: Document, catalog: CatalogSnapshots, path: string): Document | undefined {
  const given = snapshotOf(item['_product']);
  if (given) return given;
  const id = textOf(item['product_id']);
  if (id === undefined) return undefined;
  const product = catalog.product(id);
  if (!product) throw invalidPayload(`product not found: ${id}`, `${path}.product_id`, 'PRODUCT_NOT_FOUND');
  return product;
}

function snapshotOf(value: unknown): Document | undefined {
  return isDocument(value) && Object.keys(value).length > 0 ? value : undefined;
}

/** The given components, else those of the price; only the selected ones, where a selection was made. */
function itemComponents(
  item: Document,
  price: Document | undefined,
  catalog: CatalogSnapshots,
  path: string,
): Document[] {
  const given = item['item_components'];
  const components = Array.isArray(given) ? documentsOf(given) : listedComponents(price, catalog, path);
  const selected = textsOf(item['selected_price_component_ids']);
  const byComponent = isDocument(item['price_component_coupon_ids'])
    ? item['price_component_coupon_ids']
    : {};
  return components
    .filter((component) => selected.length === 0 || selected.includes(idOfPrice(component) ?? ''))
    .map((component, index) => {
      const own = `${path}.item_components[${index}]`;
      const snapshot = priceOf(component, catalog, own);
      const id = idOfPrice(component);
      const couponIds = (id !== undefined && byComponent[id]) || component['coupon_ids'];
      const completed = withDecimals({
        ...without(component, ['total_details']),
        ...(snapshot ? { _price: snapshot } : {}),
        ...couponsOf(component, couponIds, catalog, `${path}.price_component_coupon_ids`),
      });
      return withModel(withPriceAmount(completed));
    });
}

/** One item per component that the price lists, in its quantity. */
function listedComponents(price: Document | undefined, catalog: CatalogSnapshots, path: string): Document[] {
  const hydrated = documentsOf(price?.['price_components']);
  if (hydrated.length > 0) {
    return hydrated.map((component) => {
      const relation = isDocument(component['$relation']) ? component['$relation'] : {};
      return componentItem(component, typeof relation['quantity'] === 'number' ? relation['quantity'] : 1);
    });
  }
  return componentsOf(price ?? {}).map(({ priceId, quantity }) => {
    const component = catalog.price(priceId);
    if (!component) {
      throw invalidPayload(
        `price not found: ${priceId}`,
        `${path}._price.price_components`,
        'PRICE_NOT_FOUND',
      );
    }
    return componentItem(component, quantity);
  });
}

function componentItem(price: Document, quantity: number): Document {
  const taken = ['unit_amount', 'unit_amount_decimal', 'description'].filter((name) => price[name] != null);
  return {
    quantity,
    price_id: price['_id'],
    ...Object.fromEntries(taken.map((name) => [name, price[name]])),
    _price: price,
  };
}

function idOfPrice(component: Document): string | undefined {
  const price = component['_price'];
  return textOf(component['price_id']) ?? (isDocument(price) ? textOf(price['_id']) : undefined);
}

/** Custom positions, which no catalog knows, may give their amounts in cents alone: on the item or on the price it carries. */
function withDecimals(item: Document): Document {
  if (textOf(item['price_id']) !== undefined) return item;
  const price = item['_price'];
  const own = withDecimalFromCents(item);
  return isDocument(price) ? { ...own, _price: withDecimalFromCents(price) } : own;
}

/** A component without an amount of its own takes that of its price: the engine reads nothing else there (spec A12). */
function withPriceAmount(component: Document): Document {
  const price = component['_price'];
  const decimal = isDocument(price) ? price['unit_amount_decimal'] : undefined;
  if (component['unit_amount_decimal'] !== undefined || decimal == null) return component;
  return { ...component, unit_amount_decimal: decimal };
}

/** The contract wants a pricing model on every priced item; the engine itself reads that of the price. */
function withModel(item: Document): Document {
  const price = item['_price'];
  const model =
    textOf(item['pricing_model']) ?? (isDocument(price) ? textOf(price['pricing_model']) : undefined);
  return { ...item, pricing_model: model ?? 'per_unit' };
}

/** The coupons of an item: snapshots it has, then those of further ids that are active. No member when there is nothing to say. */
function couponsOf(
  item: Document,
  ids: unknown,
  catalog: CatalogSnapshots,
  path: string,
): { _coupons?: readonly Document[] } {
  const given = documentsOf(item['_coupons']);
  const loaded = textsOf(ids)
    .filter((id) => !given.some((coupon) => coupon['_id'] === id))
    .map((id) => {
      const coupon = catalog.storedCoupon(id);
      if (!coupon) throw invalidPayload(`coupon not found: ${id}`, path, 'COUPON_NOT_FOUND');
      return coupon['active'] === false ? undefined : catalog.coupon(id);
    })
    .filter((coupon) => coupon !== undefined);
  return given.length + loaded.length > 0 ? { _coupons: [...given, ...loaded] } : {};
}
