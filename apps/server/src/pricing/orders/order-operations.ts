import type { Operations } from '../../contract/operation-types.ts';
import { changeSource, type Document, type Entity, sameJson, toWire } from '../../entities/index.ts';
import { conflict } from '../../refusal.ts';
import { priceSentCart } from '../compute/compute-cart.ts';
import { documentsOf, textOf } from '../documents.ts';
import { invalidPayload } from '../invalid-payload.ts';
import type { PricingPlatform } from '../platform.ts';
import { Signatures } from '../signature.ts';
import { announcePlaced } from './announce-order.ts';
import { createNumberedOrder } from './create-numbered-order.ts';
import { orderAttributes, sourceAttributes } from './order-attributes.ts';
import { idempotencyKey, onlyOnce } from './order-requests.ts';
import type { OrderWriting } from './order-writing.ts';
import { lockOrder, touchOrder } from './stored-order.ts';

/** Members that a replacement leaves alone when it does not name them (spec/pricing.md B3). */
const KEPT = new Set(['order_number', 'cart_id', 'source', 'source_type', 'source_id', 'status']);
const CLOSED = new Set<unknown>(['completed', 'cancelled']);

/** Creating and replacing orders (spec/pricing.md B2, B3). Totals are computed here; those that are sent do not count. */
export function orderOperations(platform: PricingPlatform): Operations<'pricing'> {
  const { access, clock, entities } = platform;
  const signatures = new Signatures(platform);
  return {
    async createOrder({ principal, tenant, body, headers }) {
      await access.requireGrant({ principal }, 'entity:create', 'order:*');
      const sent: Document = { ...body };
      const writing = { graph: entities, options: { source: changeSource(principal) }, now: clock.now() };
      const request = { operation: 'createOrder', key: idempotencyKey(headers), body } as const;
      const order = await tenant.transaction((tx) =>
        onlyOnce(tx, request, writing.now, async () => {
          const redeemedPromos = documentsOf(sent['redeemed_promos']);
          const cart = await priceSentCart(
            tx,
            { lineItems: documentsOf(sent['line_items']), redeemedPromos },
            signatures,
          );
          const status = textOf(sent['status']) ?? 'draft';
          const attributes = {
            ...orderAttributes({ sent, status, cart, now: writing.now }),
            ...sourceAttributes(sent, 'manual'),
          };
          return createNumberedOrder(tx, attributes, textOf(sent['order_number']), writing);
        }),
      );
      return toWire(order);
    },

    async putOrder({ principal, tenant, parameters, body, headers }) {
      await access.requireGrant({ principal }, 'entity:edit', `order:${parameters.id}`);
      const sent: Document = { ...body };
      const writing = { graph: entities, options: { source: changeSource(principal) }, now: clock.now() };
      const order = await tenant.transaction(async (tx) => {
        const stored = await lockOrder(tx, parameters.id);
        requireUnchanged(stored, headers['if-match']);
        const status = textOf(sent['status']) ?? textOf(stored.doc['status']) ?? 'draft';
        const redeemedPromos = documentsOf(sent['redeemed_promos']);
        const cart = await priceSentCart(
          tx,
          { lineItems: documentsOf(sent['line_items']), redeemedPromos },
          signatures,
        );
        const attributes = orderAttributes({ sent, status, cart, now: writing.now });
        refuseChangedItems(stored, attributes, sent, status);
        const replaced = await replaceOrder(tx, stored, attributes, writing);
        await announcePlaced(tx, replaced, stored.doc['status'], writing);
        return replaced;
      });
      return toWire(order);
    },
  };

  /** Writes the new attributes and clears the rest, platform members aside. */
  async function replaceOrder(
    tx: Parameters<typeof lockOrder>[0],
    stored: Entity,
    attributes: Document,
    { graph, options, now }: OrderWriting,
  ): Promise<Entity> {
    const absent = Object.keys(stored.doc).filter(
      (name) => !(name in attributes) && !KEPT.has(name) && !name.startsWith('_'),
    );
    const cleared = Object.fromEntries(absent.map((name) => [name, null]));
    const change = { id: stored.id, schema: 'order', attributes: { ...cleared, ...attributes } };
    const written = await graph.patch(tx, change, { ...options, direct: true });
    return written.outcome === 'unchanged' ? touchOrder(tx, written.entity, now) : written.entity;
  }
}

/** `If-Match` with the `_updated_at` that the client has seen (spec/pricing.md B3). */
function requireUnchanged(stored: Entity, expected: unknown): void {
  if (typeof expected !== 'string' || expected === '' || expected === '*') return;
  const instant = Date.parse(expected.replace(/^W\//, '').replace(/^"(.*)"$/, '$1'));
  if (instant !== stored.updatedAt.getTime()) {
    throw conflict('The order has been changed in the meantime', 'ORDER_CHANGED');
  }
}

/** The items of a closed order stand, unless the same call opens it again (spec/pricing.md B3). */
function refuseChangedItems(stored: Entity, attributes: Document, sent: Document, status: string): void {
  if (!CLOSED.has(stored.doc['status']) || status === 'draft') return;
  const before = stored.doc['line_items'];
  if (sameJson(sent['line_items'], before) || sameJson(attributes['line_items'], before)) return;
  throw invalidPayload(
    `line items of a ${stored.doc['status']} order cannot change`,
    'body.line_items',
    'ORDER_CLOSED',
  );
}
