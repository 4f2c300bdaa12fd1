import { enqueue, withdraw } from '../../jobs/index.ts';
import { type Clock, newUlid } from '../../ports/index.ts';
import { notFound } from '../../refusal.ts';
import type { Tenant, TenantTransaction } from '../../storage/index.ts';
import { findConfig } from './config-store.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryRunner } from './delivery-runner.ts';
import { addDeliveries, DELIVERY_QUEUE, findDelivery, type NewDelivery } from './delivery-store.ts';

/** A message that no catalog event caused. */
export interface DirectDelivery {
  readonly webhookId: string;
  readonly eventName: string;
  /** The JSON body. */
  readonly body: unknown;
  /** Shown with the delivery. No secrets. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * Makes the row of a direct delivery with a new id.
 * @throws Refusal 404 `WEBHOOK_NOT_FOUND`
 */
async function directDelivery(
  transaction: TenantTransaction,
  direct: DirectDelivery,
  now: Date,
): Promise<NewDelivery> {
  const config = await findConfig(transaction, direct.webhookId);
  if (!config) throw notFound('The webhook', 'WEBHOOK_NOT_FOUND');
  return {
    id: newUlid(now),
    webhookId: config.id,
    eventName: direct.eventName,
    eventId: undefined,
    status: 'pending',
    createdAt: now,
    url: config.definition.url ?? '',
    httpMethod: config.definition.httpMethod ?? 'POST',
    payload: JSON.stringify(direct.body),
    httpResponse: undefined,
    metadata: { ...direct.metadata, webhook_id: config.id, webhook_name: config.name },
  };
}

/**
 * Delivers at once and waits for the outcome of the first attempt (erp-integration.md 3.8, triggerErp); retries follow in the background. The
 * delivery is stored before it is sent, so that it is not lost when the process dies in between.
 * @throws Refusal 404 `WEBHOOK_NOT_FOUND`
 */
export async function deliverNow(
  tenant: Tenant,
  runner: DeliveryRunner,
  clock: Clock,
  direct: DirectDelivery,
): Promise<Delivery> {
  const now = clock.now();
  const id = await tenant.transaction(async (transaction) => {
    const delivery = await directDelivery(transaction, direct, now);
    await addDeliveries(transaction, [delivery], now, { startJobs: false });
    await enqueue(transaction, laterJob(delivery.id, delivery.webhookId, now, SAFETY_SECONDS), now);
    return delivery.id;
  });
  const wait = await runner.deliver({ org: tenant.org, id }, tenant);
  await tenant.transaction(async (transaction) => {
    await withdraw(transaction, DELIVERY_QUEUE, id);
    if (wait !== undefined)
      await enqueue(transaction, laterJob(id, direct.webhookId, clock.now(), wait), clock.now());
  });
  const delivery = await findDelivery(tenant, id);
  if (!delivery) throw new Error(`Delivery ${id} has disappeared`);
  return delivery;
}

/** Longer than an attempt with a token exchange can take; then somebody else makes the attempt. */
const SAFETY_SECONDS = 120;

function laterJob(deliveryId: string, webhookId: string, now: Date, seconds: number) {
  return {
    queue: DELIVERY_QUEUE,
    lane: webhookId,
    coalesceKey: deliveryId,
    payload: { deliveryId },
    runAt: new Date(now.getTime() + seconds * 1000),
  };
}
