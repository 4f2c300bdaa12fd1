import { type Document, isDocument } from '../../entities/index.ts';
import { documentsOf, textOf, textsOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import { type CatalogSnapshots, componentsOf } from './catalog-snapshots.ts';
import type { PublicChecks } from './public-checks.ts';
import { precomputedDetails, requireSignedDetails } from './signed-details.ts';
import { requireSignedFees } from './signed-fees.ts';

/** What a stranger may say about a line item. Everything else, amounts above all, comes from the catalog. */
const SAID = [
  'quantity',
  'product_id',
  'price_id',
  'description',
  'product_name',
  'product_description',
  'metadata',
  'price_mappings',
  'external_fees_mappings',
  'external_fees_metadata',
  'external_location_metadata',
  'external_price_metadata',
  'coupon_ids',
  'selected_price_component_ids',
  'price_component_coupon_ids',
] as const;

/**
 * Reduces the line items of a public caller to what they may say, and checks it: prices are published and belong to their product, numbers
 * are no tricks, data from outside bears our signature (spec/pricing.md B0.4, B0.5). Amounts and snapshots that were sent are gone.
 * @throws Refusal 400 `PRICE_NOT_FOUND`, `PRODUCT_NOT_FOUND`, `COUPON_NOT_FOUND`, `INVALID_SIGNATURE`, `INVALID_PAYLOAD`
 */
export function readPublicItems(items: readonly Document[], checks: PublicChecks): Document[] {
  return items.map((item, index) => {
    const path = `line_items[${index}]`;
    refuseTricks(item, path);
    return precomputedItem(item, checks, path) ?? catalogItem(item, checks, path);
  });
}

function catalogItem(item: Document, checks: PublicChecks, path: string): Document {
  const { catalog } = checks;
  const priceId = textOf(item['price_id']);
  if (priceId === undefined) throw invalidPayload('Invalid payload', `${path}.price_id: is required`);
  const price = catalog.price(priceId);
  if (!price) throw invalidPayload(`price not found: ${priceId}`, `${path}.price_id`, 'PRICE_NOT_FOUND');
  refuseForeignPrice(item, priceId, catalog, path);
  refuseForeignComponents(item, price, path);
  requireSignedFees(item, price, checks, path);
  const said = Object.fromEntries(SAID.filter((name) => name in item).map((name) => [name, item[name]]));
  return {
    ...said,
    ...withoutForeignCoupons(item, priceId, catalog, path),
    ...(textOf(item['description']) === undefined && textOf(price['description'])
      ? { description: price['description'] }
      : {}),
  };
}

/** A product that lists its prices is sold at these only. */
function refuseForeignPrice(item: Document, priceId: string, catalog: CatalogSnapshots, path: string): void {
  const productId = textOf(item['product_id']);
  const product = productId === undefined ? undefined : catalog.product(productId);
  const options = isDocument(product?.['price_options']) ? product['price_options'] : {};
  const listed = documentsOf(options['$relation']);
  if (listed.length > 0 && !listed.some((option) => option['entity_id'] === priceId)) {
    const message = `price ${priceId} does not belong to product ${productId}`;
    throw invalidPayload(message, `${path}.price_id`, 'PRICE_NOT_OF_PRODUCT');
  }
}

/** Who selects what the price does not have would order nothing, for nothing. */
function refuseForeignComponents(item: Document, price: Document, path: string): void {
  if (price['is_composite_price'] !== true) return;
  const listed = new Set(componentsOf(price).map(({ priceId }) => priceId));
  const foreign = textsOf(item['selected_price_component_ids']).find((id) => !listed.has(id));
  if (foreign === undefined) return;
  throw invalidPayload(
    'Invalid payload',
    `${path}.selected_price_component_ids: ${foreign} is no component of the price`,
  );
}

/** Coupons that are made for other prices than the one they are put on are dropped; unknown ones are refused later on. */
function withoutForeignCoupons(
  item: Document,
  priceId: string,
  catalog: CatalogSnapshots,
  path: string,
): Document {
  const suiting = (ids: unknown, price: string) =>
    textsOf(ids).filter((id) => {
      const coupon = catalog.storedCoupon(id);
      if (!coupon) throw invalidPayload(`coupon not found: ${id}`, `${path}.coupon_ids`, 'COUPON_NOT_FOUND');
      const prices = isDocument(coupon['prices']) ? documentsOf(coupon['prices']['$relation']) : [];
      return prices.length === 0 || prices.some((one) => one['entity_id'] === price);
    });
  const byComponent = item['price_component_coupon_ids'];
  return {
    ...(Array.isArray(item['coupon_ids']) ? { coupon_ids: suiting(item['coupon_ids'], priceId) } : {}),
    ...(isDocument(byComponent)
      ? {
          price_component_coupon_ids: Object.fromEntries(
            Object.entries(byComponent).map(([price, ids]) => [price, suiting(ids, price)]),
          ),
        }
      : {}),
  };
}

/** An item of an external catalog: priced when we answered the search, and taken over as it is if the signature is ours. */
function precomputedItem(item: Document, checks: PublicChecks, path: string): Document | undefined {
  const details = precomputedDetails(item);
  if (!details) return undefined;
  requireSignedDetails(details, checks, path);
  const [snapshot = {}] = documentsOf(details['items']);
  const taken = ['price_id', 'product_id', 'description', 'pricing_model', '_price', '_product'].filter(
    (name) => name in snapshot,
  );
  return {
    ...Object.fromEntries(taken.map((name) => [name, snapshot[name]])),
    ...(Array.isArray(item['metadata']) ? { metadata: item['metadata'] } : {}),
    quantity: 1,
    is_composite_price: snapshot['is_composite_price'] === true,
    _immutable_pricing_details: details,
  };
}

/** Negative numbers would turn a purchase into a payment to the buyer. */
function refuseTricks(item: Document, path: string): void {
  const quantity = item['quantity'];
  if (typeof quantity === 'number' && quantity < 0) {
    throw invalidPayload('Invalid payload', `${path}.quantity: must be >= 0`);
  }
  for (const [index, mapping] of documentsOf(item['price_mappings']).entries()) {
    if (typeof mapping['value'] === 'number' && mapping['value'] < 0) {
      throw invalidPayload('Invalid payload', `${path}.price_mappings[${index}].value: must be >= 0`);
    }
  }
}
