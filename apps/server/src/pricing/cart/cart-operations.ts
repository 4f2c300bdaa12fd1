import type { Operations } from '../../contract/operation-types.ts';
import { type ChangeSource, type Document, isDocument, toWire } from '../../entities/index.ts';
import { countAttempt, type RateLimit } from '../../identity/index.ts';
import { canonicalJson } from '../canonical-json.ts';
import { pricePublicCart } from '../compute/compute-cart.ts';
import { documentsOf, textOf } from '../documents.ts';
import { isHiddenFromPublic } from '../entity-views.ts';
import { invalidPayload } from '../invalid-payload.ts';
import { createNumberedOrder } from '../orders/create-numbered-order.ts';
import { orderAttributes, sourceAttributes } from '../orders/order-attributes.ts';
import { idempotencyKey, onlyOnce } from '../orders/order-requests.ts';
import type { PricingPlatform } from '../platform.ts';
import { Signatures } from '../signature.ts';
import { findOrCreateCustomer } from './cart-customer.ts';
import { filesOfCart } from './cart-files.ts';
import { attributesOfCart, statusOfCheckout } from './cart-order.ts';

const CHECKOUT: ChangeSource = { kind: 'journey', actor: { type: 'system' }, label: 'checkout' };

/** Promo codes could be guessed here as well, so an address has not many tries; more than one shop behind it needs. */
const CARTS_WITH_PROMOS: RateLimit = { surface: 'checkout.promo-codes', limit: 120, seconds: 60 };

/** Turning a cart into an order (spec/pricing.md B4). Public: whoever calls, prices come from the catalog. */
export function cartOperations(platform: PricingPlatform): Operations<'pricing'> {
  const { clock, entities } = platform;
  const signatures = new Signatures(platform);
  return {
    async $checkoutCart({ tenant, principal, body, headers, ip }) {
      const cart = readCart(body.cart);
      const writing = { graph: entities, options: { source: CHECKOUT }, now: clock.now() };
      const key = idempotencyKey(headers) ?? keyOfCart(cart, body);
      if (documentsOf(body.redeemed_promos).length > 0) {
        await countAttempt(tenant, CARTS_WITH_PROMOS, ip, writing.now);
      }
      const request = { operation: '$checkoutCart', key, body } as const;
      const order = await tenant.transaction((tx) =>
        onlyOnce(tx, request, writing.now, async () => {
          const input = {
            lineItems: documentsOf(cart['line_items']),
            redeemedPromos: documentsOf(body.redeemed_promos),
          };
          const priced = await pricePublicCart(tx, input, signatures);
          const files = await filesOfCart(platform, tx, principal, cart, writing.options);
          const sent = attributesOfCart(cart, files, body.mode);
          const contact = await findOrCreateCustomer(tx, cart, writing);
          const attributes = {
            ...orderAttributes({
              sent,
              status: statusOfCheckout(cart, body.mode),
              cart: priced,
              now: writing.now,
            }),
            ...sourceAttributes(sent, 'journey'),
            ...(contact === undefined ? {} : linkTo(contact)),
          };
          return createNumberedOrder(tx, attributes, undefined, writing);
        }),
      );
      const shown = Object.entries(toWire(order)).filter(([name]) => !isHiddenFromPublic(name));
      return { order: Object.fromEntries(shown) };
    },
  };
}

/** Carts are sent whole; this API keeps none (spec/pricing.md B4). */
function readCart(sent: unknown): Document {
  if (!isDocument(sent)) throw invalidPayload('cart not found', 'body.cart', 'CART_NOT_FOUND');
  if (documentsOf(sent['line_items']).length === 0) {
    throw invalidPayload('Invalid payload', 'body.cart.line_items: must not be empty');
  }
  return sent;
}

/**
 * A cart that names its customer is the same when it comes again: a second click, or a client that repeats what timed out. Without a
 * customer, two equal carts may well be two people's.
 */
function keyOfCart(cart: Document, body: unknown): string | undefined {
  const email = isDocument(cart['customer']) ? textOf(cart['customer']['email']) : undefined;
  return email === undefined ? undefined : `cart ${canonicalJson(body)}`;
}

function linkTo(contact: string): Document {
  const relation = { $relation: [{ entity_id: contact }] };
  return { customer: relation, billing_contact: relation };
}
