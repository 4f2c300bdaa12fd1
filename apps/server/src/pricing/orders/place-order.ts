import {
  type Document,
  type Entity,
  type EntityGraph,
  findEntity,
  relationItems,
  toWire,
  type WriteOptions,
} from '../../entities/index.ts';
import { emitEvent } from '../../events/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { documentsOf } from '../documents.ts';
import { redeemPromoCodes, releasePromoCodes } from '../promo-codes/redemptions.ts';

/** What it takes to write orders. */
export interface OrderWriting {
  readonly graph: EntityGraph;
  readonly options: WriteOptions;
  readonly now: Date;
}

/** Whether an order in this status has been given by the customer, and uses up promo codes. */
function isPlaced(status: unknown): boolean {
  return status === 'placed' || status === 'completed';
}

/**
 * What follows from an order's status in the transaction that writes it: promo codes are used up or given back, and an order that has just
 * been placed is announced as `OrderSubmission` (spec/pricing.md B2.8, B3; spec/entities.md §11).
 * @param before the status so far; undefined for a new order
 * @throws Refusal 400 `PROMO_CODE_USED_UP`
 */
export async function followStatus(
  tx: TenantTransaction,
  order: Entity,
  before: unknown,
  writing: OrderWriting,
): Promise<void> {
  const status = order.doc['status'];
  if (status === 'cancelled' && before !== 'cancelled') await releasePromoCodes(tx, order.id, writing);
  if (isPlaced(status))
    await redeemPromoCodes(tx, order.id, documentsOf(order.doc['redeemed_promos']), writing);
  if (status === 'placed' && !isPlaced(before)) await announce(tx, order, writing);
}

async function announce(tx: TenantTransaction, order: Entity, { options, now }: OrderWriting): Promise<void> {
  const [customer] = relationItems(order.doc['customer']) ?? [];
  const found = customer && (await findEntity(tx, customer.entity_id));
  const payload: Document = { order: toWire(order), ...(found ? { customer: toWire(found) } : {}) };
  const { id } = options.source.actor;
  await emitEvent(
    tx,
    { name: 'OrderSubmission', payload, sourceType: 'api', ...(id === undefined ? {} : { source: id }) },
    now,
  );
}
