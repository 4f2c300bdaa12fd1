import {
  computeAggregatedAndPriceTotals,
  type PriceItem,
  type PriceItemDto,
  type PricingDetails,
  PricingError,
  type RedeemedPromo,
} from '@busbar/pricing';
import type { Document, Visibility } from '../../entities/index.ts';
import type { TenantQueries } from '../../storage/index.ts';
import { documentsOf } from '../documents.ts';
import { publicView, snapshotView } from '../entity-views.ts';
import { invalidPayload } from '../invalid-payload.ts';
import { couponIdsOf } from '../promo-codes/redemptions.ts';
import type { Signatures } from '../signature.ts';
import { CatalogSnapshots, catalogIdsOf } from './catalog-snapshots.ts';
import { hydrateItems } from './hydrate-items.ts';
import { refuseTooMany } from './limits.ts';
import { readPublicItems } from './public-items.ts';
import { readPublicPromos } from './public-promos.ts';
import { precomputedDetails, refuseForgedDetails } from './signed-details.ts';

/** Line items and redeemed promo codes, as a request brings them. */
export interface CartInput {
  readonly lineItems: readonly Document[];
  readonly redeemedPromos: readonly Document[];
}

/** A priced cart. */
export interface PricedCart {
  readonly details: PricingDetails;
  /** The redeemed promo codes with the coupons of the catalog. */
  readonly redeemedPromos: readonly Document[];
  /** Ids of catalog entities that exist; what a snapshot names may be long gone. */
  readonly exists: (id: string) => boolean;
}

/**
 * Prices a cart of staff or of a system with a token: snapshots they send are used (spec/pricing.md B0.4, B1). Nothing is stored.
 * @throws Refusal 400 for unknown ids, for what the engine refuses (A18), with the item in `cause`, and `INVALID_SIGNATURE` for details of
 * external catalogs that bear a signature and were changed
 */
export async function priceSentCart(
  queries: TenantQueries,
  input: CartInput,
  signatures: Signatures,
): Promise<PricedCart> {
  refuseForgedDetails(input.lineItems, { org: queries.org, signatures });
  return priceCart(queries, input);
}

/** Prices items that are stored here, or were checked: snapshots are used as they are. @throws Refusal 400 like `priceSentCart` */
export async function priceCart(queries: TenantQueries, input: CartInput): Promise<PricedCart> {
  refuseTooMany(input.lineItems);
  const catalog = await catalogOf(queries, input, snapshotView);
  const items = hydrateItems(input.lineItems, catalog);
  const redeemedPromos = input.redeemedPromos.map((promo) => withKnownCoupons(promo, catalog));
  return { details: compute(items, redeemedPromos), redeemedPromos, exists: (id) => catalog.has(id) };
}

/**
 * Prices a cart of a stranger: everything that costs money comes from the published catalog or bears our signature.
 * @throws Refusal 400 like `priceCart`, `INVALID_SIGNATURE`, and for promo codes that unlock nothing (B7)
 */
export async function pricePublicCart(
  queries: TenantQueries,
  input: CartInput,
  signatures: Signatures,
): Promise<PricedCart> {
  refuseTooMany(input.lineItems);
  const catalog = await catalogOf(queries, input, publicView);
  const said = readPublicItems(input.lineItems, { org: queries.org, catalog, signatures });
  const redeemedPromos = readPublicPromos(input.redeemedPromos, catalog);
  const details = compute(hydrateItems(said, catalog), redeemedPromos);
  return { details, redeemedPromos, exists: (id) => catalog.has(id) };
}

function catalogOf(
  queries: TenantQueries,
  { lineItems, redeemedPromos }: CartInput,
  view: Visibility,
): Promise<CatalogSnapshots> {
  return CatalogSnapshots.load(queries, [...catalogIdsOf(lineItems), ...couponIdsOf(redeemedPromos)], view);
}

/** Coupons of a redeemed code as the catalog has them; those that are gone stay as they were sent. */
function withKnownCoupons(promo: Document, catalog: CatalogSnapshots): Document {
  const coupons = documentsOf(promo['coupons']).map(
    (coupon) => catalog.coupon(String(coupon['_id'])) ?? coupon,
  );
  return { ...promo, coupons };
}

/** Cents beyond 2^53 are no longer exact, neither here nor in the JSON of any client. */
function refuseUnreadableTotals({ amount_total, amount_subtotal, amount_tax }: PricingDetails): void {
  if ([amount_total, amount_subtotal, amount_tax ?? 0].every(Number.isSafeInteger)) return;
  throw invalidPayload('An amount left the number range.', 'line_items: INVALID_AMOUNT', 'INVALID_AMOUNT');
}

/** The engine takes a precomputed item over without its origin; it stays beside it, so that the result can be priced again (spec B3). */
function withPrecomputed(item: PriceItem, source: Document = {}): PriceItem {
  const details = precomputedDetails(source);
  return details ? { ...item, ...{ _immutable_pricing_details: details } } : item;
}

function compute(items: readonly Document[], redeemedPromos: readonly Document[]): PricingDetails {
  try {
    // Requests are validated against the contract, and the engine throws PricingError for every part it cannot use.
    const details = computeAggregatedAndPriceTotals(items as readonly PriceItemDto[], {
      redeemedPromos: redeemedPromos as readonly RedeemedPromo[],
    });
    refuseUnreadableTotals(details);
    return { ...details, items: details.items.map((item, index) => withPrecomputed(item, items[index])) };
  } catch (error) {
    if (!(error instanceof PricingError)) throw error;
    throw invalidPayload(error.message, `line_items[${error.itemIndex ?? 0}]: ${error.code}`, error.code);
  }
}
