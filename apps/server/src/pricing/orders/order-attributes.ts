import { extractPricingEntitiesBySlug, type PriceItemDto } from '@busbar/pricing';
import type { Document } from '../../entities/index.ts';
import type { PricedCart } from '../compute/compute-cart.ts';
import { withoutSignature } from '../compute/signed-details.ts';
import { textOf, textsOf, without } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';

/** `expires_at` of a quote that does not say (spec/pricing.md B2.6). */
const QUOTE_LIFETIME_MS = 30 * 24 * 3600 * 1000;

/** Members of an order that the server works out; what a client sends there is ignored (spec/pricing.md B2). */
const COMPUTED = [
  'contact',
  'line_items',
  'amount_subtotal',
  'amount_tax',
  'amount_total',
  'total_details',
  'products',
  'prices',
  'coupons',
  'redeemed_promos',
  'order_number',
  '_tags',
] as const;

/** What an order is made of. */
export interface OrderContent {
  /** The attributes that were sent. */
  readonly sent: Document;
  readonly status: string;
  readonly cart: PricedCart;
  readonly now: Date;
}

/**
 * The attributes of an order entity (spec/pricing.md B2): what was sent, computed items and totals (cents, decimal texts), relations to the
 * catalog, tags, and when it expires. Without number and source.
 * @throws Refusal 400 for an `expires_at` of a quote that is no instant
 */
export function orderAttributes({ sent, status, cart, now }: OrderContent): Document {
  const { details, redeemedPromos, exists } = cart;
  // Priced items are items again (spec A15).
  const entities = extractPricingEntitiesBySlug(details.items as readonly PriceItemDto[]);
  const related = (relation: typeof entities.product) => {
    const known = relation.$relation.filter(({ entity_id: id }) => exists(id));
    return known.length === 0 ? undefined : { $relation: known };
  };
  const optional = {
    products: related(entities.product),
    prices: related(entities.price),
    coupons: related(entities.coupon),
    redeemed_promos: redeemedPromos.length === 0 ? undefined : redeemedPromos,
  };
  return {
    ...without(sent, COMPUTED),
    status,
    ...expiry(sent, status, now),
    line_items: details.items.map(withoutSignature),
    amount_subtotal: details.amount_subtotal,
    amount_tax: details.amount_tax,
    amount_total: details.amount_total,
    total_details: details.total_details,
    currency: details.items.length > 0 ? details.currency : (textOf(sent['currency']) ?? details.currency),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    _tags: [...new Set([...textsOf(sent['_tags']), ...entities._tags])],
  };
}

function expiry(sent: Document, status: string, now: Date): Document {
  if (status !== 'quote') return {};
  const wanted = sent['expires_at'];
  if (wanted === undefined || wanted === null) {
    return { expires_at: new Date(now.getTime() + QUOTE_LIFETIME_MS).toISOString() };
  }
  const instant = typeof wanted === 'string' ? Date.parse(wanted) : Number.NaN;
  if (Number.isNaN(instant))
    throw invalidPayload('Invalid payload', 'body.expires_at: must be an ISO timestamp');
  return { expires_at: new Date(instant).toISOString() };
}

/** Where an order comes from (spec/pricing.md B2.5). */
export function sourceAttributes(sent: Document, usual: 'manual' | 'journey'): Document {
  const type = textOf(sent['source_type']) ?? usual;
  return { source_type: type, source: sent['source'] ?? { title: type, href: null } };
}
