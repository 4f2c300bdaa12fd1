import type { TenantQueries } from '../../storage/index.ts';
import { checkPayload } from './check-payload.ts';
import { newEventId } from './event-id.ts';
import type { StoredEvent } from './event-store.ts';
import type { IncomingEvent } from './incoming-event.ts';
import type { UseCaseMemory } from './known-use-cases.ts';
import { type Routable, type Route, routeEvent } from './route-event.ts';
import { type Arrival, DUPLICATE_MESSAGE, storeEvents } from './store-events.ts';

/** The events of one call. */
export interface EventDelivery {
  readonly integrationId: string;
  readonly events: readonly IncomingEvent[];
  /** The deprecated endpoint they came through, which is noted in the monitoring. */
  readonly deprecatedEndpoint?: string;
}

/** What became of one event at acceptance (contract: `ERPUpdatesResponse`). */
export interface Acceptance {
  readonly event_id: string;
  readonly status: 'success' | 'skipped' | 'ignored' | 'error';
  readonly message: string;
}

/** The verdict on one event, before anything is stored. */
interface Judged {
  readonly event: StoredEvent;
  readonly verdict: Verdict;
}

type Verdict =
  | { readonly status: 'success' }
  | {
      readonly status: 'ignored' | 'error';
      readonly code: string;
      readonly message: string;
      readonly category: 'validation' | 'configuration';
    };

/**
 * Accepts the events of several calls together (erp-integration.md 3.2, 4.1): checks, routes, deduplicates, stores, queues, in one statement as a
 * rule. Answers per call one acceptance per event in its order; undefined for a call to an unknown integration, of which nothing is stored. When it
 * is committed, the accepted events are durable and their processing is on its way; the caller wakes the workers of `INBOUND_QUEUE`.
 */
export async function acceptEvents(
  queries: TenantQueries,
  memory: UseCaseMemory,
  deliveries: readonly EventDelivery[],
  now: Date,
): Promise<(readonly Acceptance[] | undefined)[]> {
  const ids = deliveries.map(({ integrationId }) => integrationId);
  for (;;) {
    const useCases = await memory.read(queries, ids);
    const judged = deliveries.map((delivery) => {
      const known = useCases.get(delivery.integrationId);
      return known && delivery.events.map((event) => judge(event, delivery.integrationId, known.table, now));
    });
    const all = judged.flatMap((list) => list ?? []);
    const arrival: Arrival = {
      events: all.flatMap(({ event, verdict }) =>
        verdict.status === 'error' ? [] : [{ ...event, queued: verdict.status === 'success' }],
      ),
      monitoring: [...all.flatMap(rowOf), ...deprecationRows(deliveries, useCases, now)],
      routings: new Map([...useCases].map(([id, { routing }]) => [id, routing])),
    };
    const holders = await storeEvents(queries, arrival, now);
    if (holders) return judged.map((list) => list?.map((entry) => acceptanceOf(entry, holders)));
    memory.forget(ids);
  }
}

function judge(
  incoming: IncomingEvent,
  integrationId: string,
  table: readonly Routable[],
  now: Date,
): Judged {
  const { id, receivedAt } = newEventId(now);
  const route = routeEvent(table, incoming);
  const { payload: _sent, ...members } = incoming;
  const payload = checkPayload(incoming);
  const event: StoredEvent = {
    ...members,
    integrationId,
    id,
    receivedAt,
    useCaseId: route.useCase?.id,
    objectType: incoming.eventName ?? route.useCase?.name ?? incoming.useCaseSlug ?? '',
    payload: 'text' in payload ? payload.text : '',
  };
  if ('refused' in payload) {
    const { code, message } = payload.refused;
    return { event, verdict: { status: 'error', code, message, category: 'validation' } };
  }
  return { event, verdict: verdictOf(route) };
}

function verdictOf(route: Route<Routable>): Verdict {
  if (!('refused' in route)) return { status: 'success' };
  const messages = {
    EVENT_NOT_CONFIGURED: 'No inbound use case answers to this event',
    USE_CASE_DISABLED: 'The use case of this event is disabled',
    USE_CASE_INVALID_TYPE: 'The use case of this event is not inbound',
  };
  return {
    status: 'ignored',
    code: route.refused,
    message: messages[route.refused],
    category: 'configuration',
  };
}

function rowOf({ event, verdict }: Judged): Arrival['monitoring'][number][] {
  if (verdict.status === 'success') return [];
  const { status, code, message, category } = verdict;
  return [
    {
      integrationId: event.integrationId,
      eventId: event.id,
      correlationId: event.correlationId,
      useCaseId: event.useCaseId,
      eventType: event.eventType ?? 'UPDATE',
      objectType: event.objectType,
      syncType: 'entity',
      status: status === 'error' ? 'error' : 'skipped',
      problem: { code, message, category },
      receivedAt: event.receivedAt,
    },
  ];
}

function deprecationRows(
  deliveries: readonly EventDelivery[],
  known: ReadonlyMap<string, unknown>,
  now: Date,
): Arrival['monitoring'][number][] {
  return deliveries.flatMap(({ integrationId, events, deprecatedEndpoint }) => {
    if (deprecatedEndpoint === undefined || !known.has(integrationId)) return [];
    const { id, receivedAt } = newEventId(now);
    return [
      {
        integrationId,
        eventId: id,
        correlationId: events[0]?.correlationId,
        useCaseId: undefined,
        eventType: 'UPDATE',
        objectType: deprecatedEndpoint,
        syncType: 'api_deprecation',
        status: 'warning',
        problem: {
          code: 'DEPRECATED_ENDPOINT',
          message: `${deprecatedEndpoint} is deprecated: use POST /v3/erp/updates/events`,
          category: 'configuration',
        },
        receivedAt,
      },
    ];
  });
}

function acceptanceOf({ event, verdict }: Judged, holders: ReadonlyMap<string, string>): Acceptance {
  if (verdict.status !== 'success')
    return { event_id: event.id, status: verdict.status, message: verdict.message };
  const holder = holders.get(event.id);
  return holder === undefined
    ? { event_id: event.id, status: 'success', message: 'The event was accepted' }
    : { event_id: holder, status: 'skipped', message: DUPLICATE_MESSAGE };
}
