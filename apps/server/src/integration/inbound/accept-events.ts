import { enqueue } from '../../jobs/index.ts';
import { sql, type TenantQueries, type TenantTransaction } from '../../storage/index.ts';
import type { UseCaseType } from '../use-cases/use-case.ts';
import { checkPayload } from './check-payload.ts';
import { claimDeduplication, claimKey, type DeduplicationClaim } from './deduplication.ts';
import { newEventId } from './event-id.ts';
import { insertEvents, type StoredEvent } from './event-store.ts';
import { INBOUND_QUEUE } from './inbound-queue.ts';
import type { IncomingEvent } from './incoming-event.ts';
import { insertMonitoringRows, type MonitoringRow } from './monitoring-row.ts';
import { type Routable, type Route, routeEvent } from './route-event.ts';

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
      readonly status: 'skipped' | 'ignored' | 'error';
      readonly code: string;
      readonly message: string;
      readonly category: 'validation' | 'configuration' | undefined;
      /** The accepted event that this one repeats. */
      readonly sameAs?: string;
    };

/**
 * Accepts the events of several calls in one transaction (erp-integration.md 3.2, 4.1): checks, routes, deduplicates, stores, queues. Answers per
 * call one acceptance per event in its order; undefined for a call to an unknown integration, of which nothing is stored. When the
 * transaction commits, the accepted events are durable and their processing is on its way.
 */
export async function acceptEvents(
  tx: TenantTransaction,
  deliveries: readonly EventDelivery[],
  now: Date,
): Promise<(readonly Acceptance[] | undefined)[]> {
  const useCases = await routingTables(tx, deliveries);
  const judged = deliveries.map((delivery) => {
    const table = useCases.get(delivery.integrationId);
    return table && delivery.events.map((event) => judge(event, delivery.integrationId, table, now));
  });
  const holders = await claimDeduplication(tx, claimsOf(judged.flatMap((list) => list ?? [])), now);
  const settled = judged.map((list) => list?.map((entry) => settle(entry, holders)));
  const all = settled.flatMap((list) => list ?? []);
  await insertEvents(
    tx,
    all.flatMap(({ event, verdict }) =>
      verdict.status === 'success' || verdict.status === 'ignored'
        ? [{ ...event, queued: verdict.status === 'success' }]
        : [],
    ),
  );
  const rows = [...all.flatMap(rowOf), ...deprecationRows(deliveries, useCases, now)];
  await insertMonitoringRows(
    tx,
    rows.map((row) => ({ ...row, completedAt: now })),
  );
  await startProcessing(tx, all, now);
  return settled.map((list) => list?.map(acceptanceOf));
}

/** Use cases by integration, oldest first; integrations that do not exist are missing. */
async function routingTables(
  queries: TenantQueries,
  deliveries: readonly EventDelivery[],
): Promise<Map<string, Routable[]>> {
  const ids = [...new Set(deliveries.map(({ integrationId }) => integrationId))];
  const rows = await queries.query<{
    integration_id: string;
    id: string | null;
    name: string;
    slug: string | null;
    type: UseCaseType;
    enabled: boolean;
  }>(sql`
    select i.id as integration_id, u.id, u.name, u.slug, u.type, u.enabled
      from integration i left join use_case u on u.org_id = i.org_id and u.integration_id = i.id
     where i.org_id = ${queries.org} and i.id = any(${ids}::uuid[]) order by u.position`);
  const tables = new Map<string, Routable[]>();
  for (const { integration_id, id, slug, ...rest } of rows) {
    const table = tables.get(integration_id) ?? [];
    if (id !== null) table.push({ ...rest, id, slug: slug ?? undefined });
    tables.set(integration_id, table);
  }
  return tables;
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

/** One claim per deduplication id that an acceptable event names, for the first of them. */
function claimsOf(judged: readonly Judged[]): DeduplicationClaim[] {
  const claims = new Map<string, DeduplicationClaim>();
  for (const { event, verdict } of judged) {
    if (verdict.status !== 'success' || event.deduplicationId === undefined || event.replayOf !== undefined)
      continue;
    const claim = {
      integrationId: event.integrationId,
      deduplicationId: event.deduplicationId,
      eventId: event.id,
    };
    if (!claims.has(claimKey(claim))) claims.set(claimKey(claim), claim);
  }
  return [...claims.values()];
}

function settle(judged: Judged, holders: ReadonlyMap<string, string>): Judged {
  const { event, verdict } = judged;
  if (verdict.status !== 'success' || event.deduplicationId === undefined || event.replayOf !== undefined)
    return judged;
  const holder = holders.get(claimKey({ ...event, deduplicationId: event.deduplicationId }));
  if (holder === undefined || holder === event.id) return judged;
  const message = 'An event with this deduplication id was accepted within the last 24 hours';
  return {
    event,
    verdict: { status: 'skipped', code: 'DUPLICATE_EVENT', message, category: undefined, sameAs: holder },
  };
}

function rowOf({ event, verdict }: Judged): Omit<MonitoringRow, 'completedAt'>[] {
  if (verdict.status === 'success') return [];
  const { status, code, message, category, sameAs } = verdict;
  return [
    {
      integrationId: event.integrationId,
      eventId: sameAs ?? event.id,
      correlationId: event.correlationId,
      useCaseId: event.useCaseId,
      eventType: event.eventType ?? 'UPDATE',
      objectType: event.objectType,
      syncType: 'entity',
      status: status === 'error' ? 'error' : 'skipped',
      problem: { code, message, category },
      durationMs: undefined,
      receivedAt: event.receivedAt,
    },
  ];
}

function deprecationRows(
  deliveries: readonly EventDelivery[],
  known: ReadonlyMap<string, unknown>,
  now: Date,
): Omit<MonitoringRow, 'completedAt'>[] {
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
        durationMs: undefined,
        receivedAt,
      },
    ];
  });
}

async function startProcessing(tx: TenantTransaction, judged: readonly Judged[], now: Date): Promise<void> {
  const accepted = judged.filter(({ verdict }) => verdict.status === 'success');
  // In one order for everybody: two transactions must not wait for each other's jobs in a circle.
  for (const integrationId of [...new Set(accepted.map(({ event }) => event.integrationId))].sort()) {
    await enqueue(
      tx,
      { queue: INBOUND_QUEUE, payload: { integrationId }, lane: integrationId, coalesceKey: integrationId },
      now,
    );
  }
}

function acceptanceOf({ event, verdict }: Judged): Acceptance {
  if (verdict.status === 'success')
    return { event_id: event.id, status: 'success', message: 'The event was accepted' };
  return { event_id: verdict.sameAs ?? event.id, status: verdict.status, message: verdict.message };
}
