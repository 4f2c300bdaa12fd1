import { createHash } from 'node:crypto';
import { type Entity, findEntity } from '../../entities/index.ts';
import type { RecurringTask } from '../../jobs/index.ts';
import type { Clock } from '../../ports/index.ts';
import { conflict } from '../../refusal.ts';
import { type Database, sql, type TenantTransaction } from '../../storage/index.ts';
import { canonicalJson } from '../canonical-json.ts';
import { invalidPayload } from '../invalid-payload.ts';

/** How long a repeated request is recognised (spec/pricing.md B0.6). */
const KEPT_MS = 24 * 3600 * 1000;
const LONGEST_KEY = 255;

/** A request that creates an order, and what makes another one the same. */
export interface OrderRequest {
  readonly operation: 'createOrder' | '$checkoutCart';
  /** The `Idempotency-Key`, or what stands for it; undefined when every request is one of its own. */
  readonly key: string | undefined;
  readonly body: unknown;
}

/** The `Idempotency-Key` header of a request; 400 when it is too long. */
export function idempotencyKey(headers: Readonly<Record<string, unknown>>): string | undefined {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') return undefined;
  if (key.length > LONGEST_KEY) {
    throw invalidPayload(
      'Invalid payload',
      `header.idempotency-key: has more than ${LONGEST_KEY} characters`,
    );
  }
  return `key ${key}`;
}

/**
 * Creates an order once, however often its request comes within 24 hours: later ones get the order of the first. Requests at the same moment
 * wait for each other; one that fails leaves no trace. An order that has been deleted or cancelled since is made again.
 * @throws Refusal 409 `IDEMPOTENCY_KEY_REUSED` when the key came with another body before
 */
export async function onlyOnce(
  tx: TenantTransaction,
  { operation, key, body }: OrderRequest,
  now: Date,
  create: () => Promise<Entity>,
): Promise<Entity> {
  if (key === undefined) return create();
  const [keyHash, bodyHash] = [hash(key), hash(canonicalJson(body))];
  // The row is written first, so that whoever comes second waits here for the end of this transaction.
  const claimed = await tx.run(sql`
    insert into order_request as r (org_id, operation, key_hash, body_hash, order_id, requested_at)
    values (${tx.org}, ${operation}, ${keyHash}, ${bodyHash}, '00000000-0000-0000-0000-000000000000', ${now})
    on conflict (org_id, operation, key_hash) do update set body_hash = excluded.body_hash, requested_at = excluded.requested_at
     where r.requested_at < ${new Date(now.getTime() - KEPT_MS)}`);
  if (claimed === 0) {
    const earlier = await tx.first<{ body_hash: string; order_id: string }>(sql`
      select body_hash, order_id from order_request
       where org_id = ${tx.org} and operation = ${operation} and key_hash = ${keyHash} for update`);
    if (earlier && earlier.body_hash !== bodyHash) {
      throw conflict('This Idempotency-Key came with another body before', 'IDEMPOTENCY_KEY_REUSED');
    }
    const order = earlier && (await findEntity(tx, earlier.order_id, 'order'));
    if (order && order.doc['status'] !== 'cancelled') return order;
  }
  const order = await create();
  await tx.run(sql`
    update order_request set order_id = ${order.id}
     where org_id = ${tx.org} and operation = ${operation} and key_hash = ${keyHash}`);
  return order;
}

/** Forgets requests that are older than a day, every hour. */
export function forgetOldRequests(database: Database, clock: Clock): RecurringTask {
  return {
    name: 'order-requests',
    interval: 3600,
    async run() {
      const before = new Date(clock.now().getTime() - KEPT_MS);
      await database.system.run(sql`delete from order_request where requested_at < ${before}`);
    },
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
