import type { Document, Entity } from '../../entities/index.ts';
import type { TenantTransaction } from '../../storage/index.ts';
import { announcePlaced } from './announce-order.ts';
import { claimOrderNumber, drawOrderNumber } from './order-number.ts';
import type { OrderWriting } from './order-writing.ts';

/**
 * Stores a new order under its own number or the next one, and announces it when it is placed. Promo codes are counted with the write itself.
 * @throws Refusal 400 for relations to unknown entities and `PROMO_CODE_USED_UP`, 409 `ORDER_NUMBER_TAKEN`
 */
export async function createNumberedOrder(
  tx: TenantTransaction,
  attributes: Document,
  number: string | undefined,
  writing: OrderWriting,
): Promise<Entity> {
  const order_number =
    number === undefined ? await drawOrderNumber(tx, writing.now) : await claimOrderNumber(tx, number);
  const { graph, options } = writing;
  const { entity } = await graph.create(
    tx,
    { schema: 'order', attributes: { ...attributes, order_number } },
    { ...options, direct: true },
  );
  await announcePlaced(tx, entity, undefined, writing);
  return entity;
}
