import {
  type Document,
  type Entity,
  entityDocuments,
  findEntity,
  relationItems,
} from '../../entities/index.ts';
import { emitEvent } from '../../events/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { isPlaced } from './order-status.ts';
import type { OrderWriting } from './order-writing.ts';

/**
 * Announces an order that has just been placed as `OrderSubmission`, in the transaction that writes it (spec/entities.md §11).
 * @param before the status so far; undefined for a new order
 */
export async function announcePlaced(
  tx: TenantTransaction,
  order: Entity,
  before: unknown,
  { options, now }: OrderWriting,
): Promise<void> {
  if (order.doc['status'] !== 'placed' || isPlaced(before)) return;
  const [customer] = relationItems(order.doc['customer']) ?? [];
  const found = customer && (await findEntity(tx, customer.entity_id));
  const [placed, buyer] = await entityDocuments(tx, found ? [order, found] : [order]);
  const payload: Document = { order: placed, ...(buyer ? { customer: buyer } : {}) };
  const { id } = options.source.actor;
  await emitEvent(
    tx,
    { name: 'OrderSubmission', payload, sourceType: 'api', ...(id === undefined ? {} : { source: id }) },
    now,
  );
}
