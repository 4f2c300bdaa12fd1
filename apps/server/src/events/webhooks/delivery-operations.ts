import type { Metadata, WebhookEvent } from '@epilot/sdk/webhooks';
import type { Operations } from '../../contract/operation-types.ts';
import { readInstant } from '../../contract/request-instant.ts';
import { newUlid } from '../../ports/index.ts';
import { invalid, notFound, Refusal, unprocessable } from '../../refusal.ts';
import type { Tenant } from '../../storage/index.ts';
import type { Dispatcher } from '../outbox/dispatcher.ts';
import { loadEvents } from '../outbox/event-store.ts';
import type { EventsPlatform } from '../platform.ts';
import { findConfig } from './config-store.ts';
import type { Delivery } from './delivery.ts';
import { type DeliveryCursor, type DeliveryFilter, queryDeliveries } from './delivery-query.ts';
import { addDeliveries, findDelivery, type NewDelivery } from './delivery-store.ts';
import { SUBSCRIPTIONS } from './subscription-planner.ts';

/** Deliveries of a webhook: list and repeat (contract `webhooks`, spec/entities.md §12). */
export function deliveryOperations(
  { clock, access }: EventsPlatform,
  dispatcher: Dispatcher,
): Operations<'webhooks'> {
  return {
    async getWebhookEventsV2(call) {
      await access.requireGrant(call, 'webhook:view');
      const { configId } = call.parameters;
      if (!(await findConfig(call.tenant, configId))) throw notFound('The webhook');
      const { limit = 25, cursor, timestamp, event_id: id, status } = call.body ?? {};
      const after = readCursor(cursor);
      // A delivery is made, or recorded as failed; none is ever skipped.
      if (status === 'skipped') return { data: [], next_cursor: null, has_more: false };
      const filter: DeliveryFilter = {
        webhookId: configId,
        ...(id === undefined ? {} : { id }),
        ...(status === undefined ? {} : { status }),
        ...(timestamp?.from ? { from: readInstant(timestamp.from, 'body.timestamp.from') } : {}),
        ...(timestamp?.to ? { to: readInstant(timestamp.to, 'body.timestamp.to') } : {}),
      };
      const { deliveries, next } = await queryDeliveries(call.tenant, filter, limit, after);
      return {
        data: deliveries.map(toWebhookEvent),
        next_cursor: next ? { created_at: next.createdAt.toISOString(), event_id: next.id } : null,
        has_more: next !== undefined,
      };
    },

    async getEventById(call) {
      await access.requireGrant(call, 'webhook:view');
      const { configId, eventId } = call.parameters;
      const delivery = await findDelivery(call.tenant, eventId);
      if (delivery?.webhookId !== configId) throw notFound('The delivery');
      return toWebhookEvent(delivery);
    },

    async replayEvent(call) {
      await access.requireGrant(call, 'webhook:edit');
      const { configId, eventId } = call.parameters;
      const original = await findDelivery(call.tenant, eventId);
      if (original?.webhookId !== configId) throw notFound('The delivery');
      const now = clock.now();
      const replay = await replayOf(dispatcher, call.tenant, original, {
        again: call.body?.reapply_transform ?? false,
        now,
      });
      await call.tenant.transaction(async (transaction) => {
        if (!(await findConfig(transaction, configId))) throw notFound('The webhook');
        await addDeliveries(transaction, [replay], now);
      });
      return undefined;
    },

    async batchReplayEvents(call) {
      await access.requireGrant(call, 'webhook:edit');
      const { configId } = call.parameters;
      const { eventIds, reapply_transform: again = false } = call.body;
      if (!(await findConfig(call.tenant, configId))) throw notFound('The webhook');
      const now = clock.now();
      const replays: { readonly id: string; readonly replay: NewDelivery }[] = [];
      for (const id of new Set(eventIds.filter((each) => each !== undefined))) {
        const original = await findDelivery(call.tenant, id);
        if (original?.webhookId !== configId) continue;
        const replay = await replayOf(dispatcher, call.tenant, original, { again, now }).catch(
          (error: unknown) => {
            // What cannot be replayed is missing in the answer; the others need not suffer from it.
            if (error instanceof Refusal) return undefined;
            throw error;
          },
        );
        if (replay) replays.push({ id, replay });
      }
      await call.tenant.transaction(async (transaction) => {
        if (!(await findConfig(transaction, configId))) throw notFound('The webhook');
        const deliveries = replays.map(({ replay }) => replay);
        await addDeliveries(transaction, deliveries, now);
      });
      return { replayed_event_ids: replays.map(({ id }) => id) };
    },
  };
}

/**
 * A new delivery of what a former one delivered. `again` plans it with today's configuration; so is one that has never had a payload, because its
 * event could not be dispatched or its expression failed. @throws Refusal 422 when there is nothing to send
 */
async function replayOf(
  dispatcher: Dispatcher,
  tenant: Tenant,
  original: Delivery,
  { again, now }: { readonly again: boolean; readonly now: Date },
): Promise<NewDelivery> {
  const isUnplanned =
    original.payload === undefined && original.attempts === 0 && original.status === 'failed';
  const source = again || isUnplanned ? await planAgain(dispatcher, tenant, original) : original;
  if (source.payload === undefined)
    throw unprocessable(
      source === original
        ? 'The payload of this delivery is not available any more'
        : (source.httpResponse?.message ?? 'The event cannot be turned into a message'),
    );
  return {
    id: newUlid(now),
    webhookId: original.webhookId,
    eventName: original.eventName,
    eventId: original.eventId,
    status: 'pending',
    createdAt: now,
    url: source.url,
    httpMethod: source.httpMethod,
    payload: source.payload,
    httpResponse: undefined,
    metadata: { ...original.metadata, replay_of: original.id },
  };
}

/** What the event leads to with today's configuration. @throws Refusal 422 when the event is gone or no longer wanted */
async function planAgain(dispatcher: Dispatcher, tenant: Tenant, original: Delivery): Promise<NewDelivery> {
  const [event] = original.eventId === undefined ? [] : await loadEvents(tenant, [original.eventId]);
  if (!event) throw unprocessable('The event behind this delivery is not available any more');
  const planned = await dispatcher.plan(event, tenant);
  const again = planned.find(
    ({ metadata }) =>
      metadata['planner'] === original.metadata['planner'] &&
      metadata['target'] === original.metadata['target'],
  );
  if (!again) throw unprocessable('The event leads to no such delivery with the present configuration');
  return again;
}

function readCursor(
  cursor: { readonly created_at?: string; readonly event_id?: string } | undefined,
): DeliveryCursor | undefined {
  if (!cursor || (cursor.created_at === undefined && cursor.event_id === undefined)) return undefined;
  if (cursor.created_at === undefined || cursor.event_id === undefined)
    throw invalid({ path: 'body.cursor', message: 'needs both created_at and event_id' });
  return { createdAt: readInstant(cursor.created_at, 'body.cursor.created_at'), id: cursor.event_id };
}

/** The contract's `WebhookEvent`. It knows three methods; others are left out. */
function toWebhookEvent(delivery: Delivery): WebhookEvent {
  return {
    event_id: delivery.id,
    org_id: delivery.org,
    webhook_config_id: delivery.webhookId,
    url: delivery.url,
    created_at: delivery.createdAt.toISOString(),
    event_name: delivery.eventName,
    status: delivery.status === 'pending' ? 'in_progress' : delivery.status,
    ...(delivery.payload === undefined ? {} : { payload: delivery.payload }),
    ...(delivery.httpResponse ? { http_response: delivery.httpResponse } : {}),
    metadata: metadataOf(delivery),
    retry_attempt: Math.max(0, delivery.attempts - 1),
    ...(delivery.metadata['planner'] === SUBSCRIPTIONS && delivery.eventId !== undefined
      ? { can_reapply_transform: true, can_reapply_transform_reason: 'available' as const }
      : {}),
    ...shownMethod(delivery.httpMethod),
  };
}

function shownMethod(method: string): Pick<WebhookEvent, 'http_method'> {
  return method === 'GET' || method === 'POST' || method === 'PUT' ? { http_method: method } : {};
}

function metadataOf({ org, createdAt, metadata }: Delivery): Metadata {
  return { ...metadata, organization_id: org, creation_timestamp: createdAt.toISOString() };
}
