import { type Entity, lockEntity } from '../../entities/index.ts';
import { notFound } from '../../refusal.ts';
import { sql, type TenantTransaction } from '../../storage/index.ts';

/** Reads an order that is about to be replaced; nobody else writes it until the transaction ends. Throws 404 `ORDER_NOT_FOUND`. */
export async function lockOrder(tx: TenantTransaction, id: string): Promise<Entity> {
  const order = await lockEntity(tx, id, 'order');
  if (!order) throw notFound('The order', 'ORDER_NOT_FOUND');
  return order;
}

/** Moves `_updated_at` of an order that a replacement left as it was (spec/pricing.md B3); the graph writes nothing without a difference. */
export async function touchOrder(tx: TenantTransaction, order: Entity, now: Date): Promise<Entity> {
  await tx.run(sql`update entity set updated_at = ${now} where org_id = ${tx.org} and id = ${order.id}`);
  return { ...order, updatedAt: now };
}
